import { defer, firstValueFrom, merge, retry, timer } from 'rxjs';
import { aborted } from './aborted.ts';
import type { StageContext } from './contracts.ts';
import { describe } from './describe.ts';
import { OptionError } from './errors.ts';
import { keyed } from './keyed.ts';

export interface RetriedOptions {
  /** Calls for one item in all, 1 or more. */
  attempts: number;
  /** Milliseconds before the second call; each further wait is twice as long. */
  delay: number;
  /** Longest wait in milliseconds. Default 30,000. */
  most?: number;
}

/**
 * Calls a function of `parallel` again where it fails, after a wait that grows: for what fails now and then, such as a network.
 *
 * In plain words: it is tried, and tried again a little later, and a little later still, before its error ends the run.
 *
 *     call   X-----X----------o      fails, fails, succeeds
 *            retried(fn, { attempts: 3, delay: 100 })
 *     out    -----------------o
 *
 * ```ts
 * const images = parallel(retried(fetchImage, { attempts: 4, delay: 200 }), { concurrency: 8 });
 * ```
 *
 * The wait before call n + 1 is between half and all of delay x 2^(n - 1), drawn by (seed, stage, item, n): calls that failed
 * together come back apart, and the same in every run. The end of the run ends a wait at once.
 *
 * @param fn called with the item and the context of the stage
 * @return a function for `parallel`; rejects with what the last call failed with
 * @throws OptionError for options out of range
 */
export function retried<I, O>(
  fn: (item: I, context: StageContext) => O | Promise<O>,
  { attempts, delay, most = 30_000 }: RetriedOptions,
): (item: I, context: StageContext) => Promise<O> {
  if (!(Number.isInteger(attempts) && attempts >= 1))
    throw new OptionError('retried', 'attempts', 'a whole number, 1 or more', attempts);
  if (!(delay >= 0)) throw new OptionError('retried', 'delay', 'milliseconds, 0 or more', delay);
  if (!(most >= delay)) throw new OptionError('retried', 'most', `at least the ${delay} of delay`, most);
  return (item, context) => {
    const wait = (failed: number): number => {
      const drawn = keyed(context.seed, context.stage, 'retry', describe(item) ?? '', failed) / 2 ** 32;
      return Math.min(most, delay * 2 ** (failed - 1)) * (0.5 + drawn / 2);
    };
    const calls = defer(async () => fn(item, context)).pipe(
      retry({ count: attempts - 1, delay: (_, failed) => timer(wait(failed)) }),
    );
    return firstValueFrom(merge(aborted(context.signal), calls));
  };
}
