export { collect, listSource } from './doubles.ts';
export type { Collector, ListOptions, ListSource } from './doubles.ts';
export { marbles } from './marbles.ts';
export { sourceContract } from './source.ts';
export type { SourceCase } from './source.ts';
export { stageContract } from './stage.ts';
export type { Check, StageCases } from './stage.ts';
export { marginContract } from './margin.ts';
export type { MarginCase } from './margin.ts';
