import { connect, defer, of, retry, tap, throwError, type Observable, type OperatorFunction } from 'rxjs';
import type { Label, Stage, StageContext } from './contracts.ts';
import { isCrewStage } from './crew.ts';
import { faultAt } from './describe.ts';
import { OptionError } from './errors.ts';
import { STOCK_LABEL } from './nodes.ts';

/**
 * Begins a stage anew where it fails on an item: the item is a fault, counted and reported, and the next one goes on.
 *
 * In plain words: one item that a stage chokes on need not end the run; what the stage had gathered before is lost with it.
 *
 *     in   --a--b--c--d--|      the stage fails on b
 *          restarted(stage, { times: 3 })
 *     out  --A-----C--D--|      and b is a fault
 *
 * ```ts
 * const scores = flow.pipe('score', restarted(map(score), { times: 3 }));
 * ```
 *
 * In a plain pipe there is nobody to report a fault to: there the first failure is the last.
 *
 * @param times restarts in one run, 1 or more; the next failure ends the run
 * @return a stage that keeps order, with the label of the one inside
 * @throws OptionError for `times` out of range, and for `parallel` and `workers`: see `retried`
 */
export function restarted<I, O>(
  stage: Stage<I, O> | OperatorFunction<I, O>,
  { times }: { times: number },
): Stage<I, O> {
  if (!(Number.isInteger(times) && times >= 1))
    throw new OptionError('restarted', 'times', 'a whole number, 1 or more', times);
  if (isCrewStage(stage))
    throw new OptionError('restarted', 'stage', 'a synchronous one: around the function of `parallel` put `retried`', stage.label.out); // prettier-ignore
  const { label: own, state, wire } = stage as Partial<Stage<I, O>>;
  const label: Label = { ...STOCK_LABEL, ...own };
  const lost = label.holds ? '; what it held is lost' : '';
  return Object.assign((source: Observable<I>) => source.pipe(stage), {
    label,
    ...(state && { state }),
    wire: (context: StageContext) =>
      again(wire?.(context) ?? stage, times, (item, error) => {
        const reason = error instanceof Error ? error.message : String(error);
        context.fault(faultAt(context.stage, item, `${reason}; '${context.stage}' was begun anew${lost}`));
      }),
  });
}

function again<I, O>(
  operator: OperatorFunction<I, O>,
  times: number,
  report: (item: I | undefined, error: unknown) => void,
): OperatorFunction<I, O> {
  return (source) =>
    defer(() => {
      let last: I | undefined;
      let upstream = false;
      const delay = (error: unknown): Observable<unknown> => {
        // What failed before the stage is not for it to mend.
        if (upstream) return throwError(() => error);
        report(last, error);
        return of(true);
      };
      return source.pipe(
        tap({ next: (item) => (last = item), error: () => (upstream = true) }),
        // Shared, so that a new subscription goes on with the next item instead of beginning at the first.
        connect((items) => defer(() => operator(items)).pipe(retry({ count: times, delay }))),
      );
    });
}
