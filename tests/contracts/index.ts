export { collect, listSource } from './doubles.ts';
export type { Collector, ListOptions, ListSource } from './doubles.ts';
export { stageContract } from './stage.ts';
export type { Check, StageCases } from './stage.ts';
