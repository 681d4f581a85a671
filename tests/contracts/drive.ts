import fc from 'fast-check';
import { Observable, type Observer, type OperatorFunction, Subscriber } from 'rxjs';

/** What happens to a stage, one after another: an item comes, or time passes. */
export type Happening = 'item' | 'microtask' | 'turn';

/** How its source ends, or that nobody listens any more. */
export type Ending = 'complete' | 'error' | 'unsubscribe';

export interface Script {
  happenings: readonly Happening[];
  ending: Ending;
}

/** Random scripts that give `items` items at most. */
export function scripts(items: number): fc.Arbitrary<Script> {
  const happening = fc.oneof(
    { arbitrary: fc.constant('item' as const), weight: 3 },
    { arbitrary: fc.constantFrom('microtask' as const, 'turn' as const), weight: 1 },
  );
  return fc.record({
    happenings: fc.array(happening, { maxLength: 2 * items, size: 'max' }),
    ending: fc.constantFrom('complete', 'error', 'unsubscribe'),
  });
}

/** What a stage gave, and what it was asked for at that time. */
export interface Trace<O> {
  /** `inputs`: items it had got by then; `within`: what it was called for, 'nothing' where it gave by itself. */
  given: { item: O; inputs: number; within: 'subscribe' | 'item' | 'end' | 'nothing' }[];
  inputs: number;
  /** Its ends, in order, as its subscriber saw them. */
  ends: ({ kind: 'complete' } | { kind: 'error'; error: unknown })[];
  /** The error its source ended with. */
  error: Error;
  /** Given or ended after its end or after nobody listened: 'N', 'E', 'C'. */
  afterwards: string[];
  /** Still subscribed to its source when all was over. */
  subscribed: boolean;
}

/** Runs a stage by a script, from outside any graph. */
export async function drive<I, O>(
  stage: OperatorFunction<I, O>,
  inputs: readonly I[],
  script: Script,
): Promise<Trace<O>> {
  const trace: Trace<O> = { given: [], inputs: 0, ends: [], error: new Error('planned'), afterwards: [], subscribed: false }; // prettier-ignore
  let within: Trace<O>['given'][number]['within'] = 'subscribe';
  let send: { next(item: I): void; complete(): void; error(error: unknown): void } | undefined;
  const source = new Observable<I>((subscriber) => {
    trace.subscribed = true;
    send = subscriber;
    return () => void (trace.subscribed = false);
  });
  const call = (what: typeof within, act: () => void): void => {
    within = what;
    act();
    within = 'nothing';
  };
  const subscriber = new Watching<O>(trace.afterwards, {
    next: (item) => void trace.given.push({ item, inputs: trace.inputs, within }),
    error: (error) => void trace.ends.push({ kind: 'error', error }),
    complete: () => void trace.ends.push({ kind: 'complete' }),
  });
  stage(source).subscribe(subscriber);
  within = 'nothing';
  for (const happening of script.happenings) {
    if (happening !== 'item') await pass(happening);
    else if (trace.inputs < inputs.length && trace.subscribed) call('item', () => send!.next(inputs[trace.inputs++]!));
  }
  if (script.ending === 'unsubscribe') subscriber.unsubscribe();
  else if (trace.subscribed)
    call('end', () => (script.ending === 'complete' ? send!.complete() : send!.error(trace.error)));
  await pass('turn');
  await pass('turn');
  return trace;
}

/** Sees what RxJS keeps from subscribers: what comes after an end, or after nobody listens. */
class Watching<O> extends Subscriber<O> {
  readonly #afterwards: string[];

  constructor(afterwards: string[], to: Observer<O>) {
    super(to);
    this.#afterwards = afterwards;
  }

  override next(item?: O): void {
    if (this.isStopped) this.#afterwards.push('N');
    else super.next(item as O);
  }

  override error(error?: unknown): void {
    if (this.isStopped) this.#afterwards.push('E');
    else super.error(error);
  }

  override complete(): void {
    if (!this.isStopped) super.complete();
    // Operators of RxJS itself, such as concat, may complete twice; that is theirs.
    else if (!/[\\/]rxjs[\\/]/.test(new Error('here').stack!.split('\n')[2]!)) this.#afterwards.push('C');
  }
}

function pass(happening: Exclude<Happening, 'item'>): Promise<void> {
  return happening === 'microtask' ? Promise.resolve() : new Promise((resolve) => setImmediate(resolve));
}
