import type { Sink } from '../pipeline/contracts.ts';

/**
 * Calls a function with each item.
 *
 * In plain words: what comes out of a graph goes into the program that ran it.
 *
 * ```ts
 * let last = 0;
 * const watched = steps.sink('last', toEach(({ loss }) => void (last = loss)));
 * ```
 *
 * @param write what it throws, or rejects with, ends the run
 * @return a sink that keeps nothing
 */
export function toEach<T>(write: (item: T) => void | Promise<void>): Sink<T> {
  return { open: async () => {}, write, close: async () => {} };
}
