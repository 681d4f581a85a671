import type { Fault, StageContext } from './contracts.ts';
import { type Crew, type CrewStage, unbounded } from './crew.ts';
import { OptionError } from './errors.ts';

export interface ParallelOptions {
  /** Calls under way at once, 1 or more. */
  concurrency: number;
  /** Results in the order of their items; false: as they are ready. Default true. */
  ordered?: boolean;
}

/**
 * Calls an asynchronous function for each item, several at once.
 *
 * The one stage that may take its time: an item is taken only when a call is free and its result has room downstream.
 *
 *     in   --a--b--c--------|
 *          parallel(fn, { concurrency: 2 })      a takes long, b does not
 *     out  --------A-B--C---|
 *
 * ```ts
 * const sizes = from(['a.jpg', 'b.jpg']).pipe(parallel(async (path) => (await stat(path)).size, { concurrency: 2 }));
 * ```
 *
 * In a plain pipe nothing bounds the items that wait for a free call; in a graph the links do.
 *
 * @param fn gives the result for an item. It should settle soon after `context.signal` aborts: the run waits for it.
 * @return a stage; what `fn` throws ends the run with a StageError that names the item
 * @throws OptionError where `concurrency` is below 1
 */
export function parallel<I, O>(
  fn: (item: I, context: StageContext) => O | Promise<O>,
  options: ParallelOptions,
): CrewStage<I, O> {
  const { concurrency, ordered = true } = options;
  const crew = (context: StageContext): Crew<I, O> => {
    if (!(concurrency >= 1)) throw new OptionError(context.stage, 'concurrency', '1 or more', concurrency);
    const life = new AbortController();
    return {
      chunk: 1,
      slots: concurrency,
      ordered,
      // However the run ends: one that is complete waits for no call whose result nobody wants any more.
      close: () => Promise.resolve(life.abort()),
      work: ([item]) => {
        // Reported when the item is given: several calls are under way, and their order is nobody's.
        const faults: { at: number; fault: Fault }[] = [];
        const result = fn(item!, {
          ...context,
          signal: life.signal,
          fault: (fault) => void faults.push({ at: 0, fault }),
        });
        return isPromise(result) ? result.then((value) => ({ items: [value], faults })) : { items: [result], faults };
      },
    };
  };
  return Object.assign(unbounded<I, O>('parallel', crew), {
    label: { in: 'item', out: 'item', keeps: ordered ? 'order, count' : 'count', asks: 1, gives: 1, holds: 0 },
    crew,
  });
}

function isPromise<O>(value: O | Promise<O>): value is Promise<O> {
  return typeof value === 'object' && value !== null && 'then' in value;
}
