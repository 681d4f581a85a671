import type { Fault } from './contracts.ts';

/** What became of one item: a value, or a fault that says why there is none. */
export type Result<O> = { value: O } | { fault: Fault };

/** Works on a chunk; gives one result for each item, in the same order. Must not depend on how items were chunked. */
export type Work<I, O> = (chunk: I[]) => Result<O>[] | Promise<Result<O>[]>;

/** What a worker module knows about the run it works for. */
export interface WorkContext {
  /** Name of the stage in the graph: part of the key of its randomness. */
  stage: string;
  seed: number;
}

/**
 * What a worker module exports as `setup`. It runs once in each thread; with `threads: 0` once in the process itself.
 * `options` are those given to `workers`, structured-cloned; the module checks them and throws OptionError.
 */
export type Setup<I, O> = (
  options: Readonly<Record<string, unknown>>,
  context: WorkContext,
) => Work<I, O> | Promise<Work<I, O>>;
