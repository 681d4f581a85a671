export { classWeighted } from './classWeighted.ts';
export * from './contracts.ts';
export { ensureEngine } from './engine/ensure.ts';
export { startEngine } from './engine/load.ts';
export type { Backend, Engine } from './engine/load.ts';
export * from './errors.ts';
export { free } from './bytes/memory.ts';
export { graph } from './graph.ts';
export type {
  Flow,
  Graph,
  GraphOptions,
  GraphStart,
  JoinOptions,
  LinkOptions,
  MergeOptions,
  PipeOptions,
  SourceOptions,
} from './graph.ts';
export { identities } from './identities.ts';
export * from './items.ts';
export { classesOf } from './manifest.ts';
export type { RunFacts } from './manifest.ts';
export { metricsOf, prometheusText } from './metrics.ts';
export type { RunMetrics } from './metrics.ts';
export { openMetrics } from './metricsEndpoint.ts';
export type { MetricsEndpoint } from './metricsEndpoint.ts';
export { mixture } from './mixture.ts';
export { blockPermutation, permutation } from './order.ts';
export { parallel } from './parallel.ts';
export { partition } from './partition.ts';
export type { PartitionOptions } from './partition.ts';
export type { Pixels } from './pixels.ts';
export { createProgress, showRun } from './progress.ts';
export type { Progress, Standing } from './progress.ts';
export type { FaultBudget, FaultBudgets, LinkReport, NodeReport, RunOptions, RunReport } from './report.ts';
export { restarted } from './restarted.ts';
export { retried } from './retried.ts';
export type { RetriedOptions } from './retried.ts';
export { run } from './run.ts';
export { timed } from './timed.ts';
export { until } from './until.ts';
export { blocks, samplingOf } from './sampler.ts';
export type { Sampled, Sampler, Sampling, Shuffle } from './sampler.ts';
export type { Result, Setup, Work, WorkContext } from './work.ts';
export { workers } from './workers.ts';
