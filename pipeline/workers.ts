import type { Fault, StageContext } from './contracts.ts';
import { type Crew, type CrewStage, type Done, unbounded } from './crew.ts';
import { describe, describeFault, faultAt } from './describe.ts';
import { OptionError, StageError } from './errors.ts';
import type { Key, Sample } from './items.ts';
import { loadWork } from './loadWork.ts';
import { Threads } from './threads.ts';
import type { Result, Work } from './work.ts';

/** Substitutes tried in the place of one broken record before the run stops. */
const ATTEMPTS = 8;

export interface WorkersOptions {
  /** Worker threads; 0 works in the process itself, with the same results. */
  threads: number;
  /** Items that cross to a thread together, 1 or more. Default 32. */
  chunk?: number;
  /** Everything else is the module's own and must be plain data. */
  [option: string]: unknown;
}

/**
 * Runs a module over the items in worker threads, in chunks, in order.
 *
 * The work goes on beside the main thread, also while that is busy with a training step: chunks are posted ahead as long as
 * the link after the stage has room for their results. Results do not depend on the number of threads or the chunk.
 *
 *     in   --a--b--c--d-----------|
 *          workers(module, { threads: 2, chunk: 2 })
 *     out  ------------A-B----C-D-|
 *
 * ```ts
 * const faces = from(samples).pipe(workers('rxface/operators/prepare', { threads: 2, size: [112, 112] }));
 * ```
 *
 * A record the module cannot use is a fault: counted, reported and replaced by a substitute drawn by the item's key.
 * A thread that dies is a fault too: another takes its place and does its chunk again, with the same results.
 *
 * Copied are encoded bytes, once, on their way to a thread: the source keeps its own. Pixels are not: a thread hands over
 * the buffers of its results, and `batch` copies each once, into the batch.
 *
 * @param module a package specifier or a file: URL; it exports `setup` (see Setup)
 * @return a stage that keeps order and count
 * @throws OptionError for options out of range, also those the module refuses; StageError where eight substitutes in a
 *   row fail, and with the items of a chunk that ends two threads
 */
export function workers<I = Sample, O = Sample>(module: string | URL, options: WorkersOptions): CrewStage<I, O> {
  const { threads, chunk = 32, ...own } = options;
  const crew = (context: StageContext): Crew<I, O> => {
    const { stage, seed } = context;
    if (!(Number.isInteger(threads) && threads >= 0))
      throw new OptionError(stage, 'threads', 'a whole number, 0 or more', threads);
    if (!(Number.isInteger(chunk) && chunk >= 1))
      throw new OptionError(stage, 'chunk', 'a whole number, 1 or more', chunk);
    const data = { module: String(module), options: own, stage, seed };
    const hands = threads === 0 ? here<I, O>(data) : new Threads<I, O>(data, threads);
    let opening: Promise<void> | undefined;
    let opened = false;
    const open = (): Promise<void> => (opening ??= hands.open().then(() => void (opened = true)));
    return {
      chunk,
      // In the process itself nothing is gained by having chunks wait their turn.
      slots: threads === 0 ? 1 : Infinity,
      ordered: true,
      open,
      work: async (items) => {
        // Posted at once: one turn of the promises later a training step may have begun, and the threads would idle beside it.
        const faults: Done<O>['faults'] = [];
        const crashed = (reason: string): void => void faults.push({ at: 0, fault: crash(items, reason, context) });
        const results = opened ? hands.run(items, crashed) : open().then(() => hands.run(items, crashed));
        return repaired(items, await results, { hands, faults, context });
      },
      close: () => hands.close(),
    };
  };
  return Object.assign(unbounded<I, O>('workers', crew), {
    label: { in: 'Sample', out: 'Sample', keeps: 'order, count', asks: 1, gives: 1, holds: 0 },
    crew,
  });
}

interface Hands<I, O> {
  open(): Promise<void>;
  run(items: I[], crashed?: (reason: string) => void): Promise<Result<O>[]>;
  close(): Promise<void>;
}

/** No thread: the module in this process. */
function here<I, O>(data: {
  module: string;
  options: Record<string, unknown>;
  stage: string;
  seed: number;
}): Hands<I, O> {
  let work: Work<I, O>;
  return {
    open: async () => {
      work = await loadWork<I, O>(data.module, data.options, { stage: data.stage, seed: data.seed });
    },
    run: async (items) => work(items),
    close: () => Promise.resolve(),
  };
}

/** The fault of a thread that ended over these items, which another has done since. */
function crash(items: readonly unknown[], reason: string, { stage, locate = (fault) => fault }: StageContext): Fault {
  const more = items.length > 1 ? ` or the ${items.length - 1} after it` : '';
  return locate(faultAt(stage, items[0], `${reason} at this record${more}; done again by another`));
}

/** The values of a chunk, with a substitute in the place of every item that has none. */
async function repaired<I, O>(
  items: I[],
  results: Result<O>[],
  { hands, faults, context }: { hands: Hands<I, O>; faults: NonNullable<Done<O>['faults']>; context: StageContext },
): Promise<Done<O>> {
  if (results.length !== items.length)
    throw new StageError(
      context.stage,
      describe(items[0]),
      new Error(`gave ${results.length} results for ${items.length} items`),
    );
  const values: O[] = [];
  for (const [i, first] of results.entries()) {
    let result: Result<O> | undefined = first;
    let item = items[i] as I;
    for (let attempt = 0; 'fault' in result; attempt++) {
      const found: Fault = { ...faultAt(context.stage, item, ''), ...result.fault, stage: context.stage };
      const fault = context.locate?.(found) ?? found;
      faults.push({ at: i, fault });
      const failed = (reason: string, cause?: unknown): StageError =>
        new StageError(context.stage, describe(items[i]), new Error(reason, { cause }));
      if (attempt === ATTEMPTS)
        throw failed(`no substitute could be used in ${ATTEMPTS} attempts, the last: ${describeFault(fault)}`);
      const substitute = await context.substitute(items[i] as I & Key, attempt).catch((error: unknown) => {
        throw failed(`${describeFault(fault)}; ${error instanceof Error ? error.message : String(error)}`, error);
      });
      fault.substitute = (substitute as Key).index;
      item = substitute as I;
      const again = [item];
      const crashed = (reason: string): void => void faults.push({ at: i, fault: crash(again, reason, context) });
      [result] = (await hands.run(again, crashed)) as [Result<O>];
    }
    values.push(result.value);
  }
  return { items: values, faults };
}
