import { catchError, of, takeUntil } from 'rxjs';
import { aborted } from './aborted.ts';
import type { Stage } from './contracts.ts';
import { STOCK_LABEL } from './nodes.ts';

/**
 * Lets items through until a signal is aborted, then completes: a kill switch for one flow of a graph.
 *
 * In plain words: what is before it is told that no more is wanted, what is behind it finishes what it has.
 *
 *     in      --a--b--c--d--e--
 *     signal  ---------x
 *          until(signal)
 *     out     --a--b---|
 *
 * ```ts
 * const enough = new AbortController();
 * const some = flow.pipe('some', until(enough.signal)); // enough.abort() ends this flow; others go on
 * ```
 *
 * To end a whole run there are `signal` and `stop` of `run`.
 *
 * @return a stage; it never fails
 */
export function until<T>(signal: AbortSignal): Stage<T, T> {
  return Object.assign(takeUntil<T>(aborted(signal).pipe(catchError(() => of(true)))), { label: STOCK_LABEL });
}
