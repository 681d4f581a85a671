import { defer, finalize, firstValueFrom, merge, throwError, timeout } from 'rxjs';
import { aborted } from './aborted.ts';
import type { StageContext } from './contracts.ts';
import { OptionError, RxfaceError } from './errors.ts';

/**
 * Gives a function of `parallel` so many milliseconds for an item, and fails where it takes longer.
 *
 * In plain words: what hangs is given up.
 *
 *     call   -------------------o
 *            timed(fn, 50)
 *     out    -----X                   the signal of the call is aborted as well
 *
 * ```ts
 * const images = parallel(retried(timed(fetchImage, 5000), { attempts: 3, delay: 200 }), { concurrency: 8 });
 * ```
 *
 * The function gets a signal of its own, aborted when its time is over: it should stop then. What it still gives is dropped.
 *
 * @param fn called with the item and the context of the stage
 * @return a function for `parallel`; rejects with an RxfaceError where time was over
 * @throws OptionError where `milliseconds` is not above 0
 */
export function timed<I, O>(
  fn: (item: I, context: StageContext) => O | Promise<O>,
  milliseconds: number,
): (item: I, context: StageContext) => Promise<O> {
  if (!(milliseconds > 0)) throw new OptionError('timed', 'milliseconds', 'above 0', milliseconds);
  return (item, context) => {
    const own = new AbortController();
    const late = (): RxfaceError => new RxfaceError(`took longer than ${milliseconds} ms`);
    const call = defer(async () => fn(item, { ...context, signal: own.signal })).pipe(
      timeout({ first: milliseconds, with: () => throwError(late) }),
      // Also where the run ends: nobody listens any more then.
      finalize(() => own.abort()),
    );
    return firstValueFrom(merge(aborted(context.signal), call));
  };
}
