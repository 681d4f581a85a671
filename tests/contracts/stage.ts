import assert from 'node:assert/strict';
import { EMPTY, from, lastValueFrom, NEVER, Observable, type OperatorFunction, take, throwError, toArray } from 'rxjs';
import { concatWith } from 'rxjs';
import type { Stage } from '../../pipeline/contracts.ts';
import { graph } from '../../pipeline/graph.ts';
import { run } from '../../pipeline/run.ts';
import { conformance } from './conformance.ts';
import { collect, listSource } from './doubles.ts';

/** One rule of a contract; throws where it is broken. Hand it to any test runner: `it(check.name, check.run)`. */
export interface Check {
  name: string;
  run: () => Promise<void>;
}

/** Random interleavings for each rule: some stages train a network. */
const RUNS = 5;

/** What a stage is tested with. */
export interface StageCases<I, O> {
  /** A fresh stage. */
  stage: () => Stage<I, O> | OperatorFunction<I, O>;
  /** Two items or more. */
  inputs: readonly I[];
  /** What it gives for them. */
  outputs: readonly O[];
  /** What it gives for the first of them alone. */
  single: readonly O[];
  /** What it gives when nothing comes. Default nothing. */
  nothing?: readonly O[];
}

/**
 * The rules every stage keeps, alone in a plain pipe and driven by a graph:
 * never, empty, one and many, error, endless, early unsubscribe, that its label tells the truth, and the rules of
 * `conformance` over some random interleavings.
 *
 * ```ts
 * const square = () => map((x: number) => x * x);
 * const cases = { stage: square, inputs: [1, 2, 3], outputs: [1, 4, 9], single: [1] };
 * for (const { name, run } of stageContract(cases)) it(name, run);
 * ```
 *
 * Items with a key are keyed anew by the graph: give them epoch 0 and their number as `position` and `index`.
 */
export function stageContract<I, O>(cases: StageCases<I, O>): Check[] {
  const { stage, inputs, outputs, single, nothing = [] } = cases;
  const through = (items: Observable<I>): Promise<O[]> => lastValueFrom(items.pipe(stage(), toArray()));
  return [
    {
      name: 'never: gives nothing, and lets go of its source when unsubscribed',
      run: async () => {
        const seen: O[] = [];
        const { source, subscribed } = watched(NEVER);
        const subscription = source.pipe(stage()).subscribe((item) => seen.push(item));
        await turn();
        assert.equal(subscription.closed, false);
        assert.deepEqual(seen, []);
        subscription.unsubscribe();
        assert.equal(subscribed(), 0);
      },
    },
    { name: 'empty: completes', run: async () => assert.deepEqual(await through(EMPTY), nothing) },
    { name: 'one item', run: async () => assert.deepEqual(await through(from(inputs.slice(0, 1))), single) },
    { name: 'many items', run: async () => assert.deepEqual(await through(from(inputs)), outputs) },
    {
      name: 'two subscriptions do not disturb each other',
      run: async () => {
        const items = from(inputs).pipe(stage(), toArray());
        assert.deepEqual(await Promise.all([lastValueFrom(items), lastValueFrom(items)]), [outputs, outputs]);
      },
    },
    {
      name: 'error: passes on the very error of its source',
      run: async () => {
        const error = new Error('broken source');
        const items = from(inputs).pipe(concatWith(throwError(() => error)));
        await assert.rejects(through(items), (seen) => seen === error);
      },
    },
    {
      name: 'endless: an early end downstream ends it and its source',
      run: async () => {
        const { source, subscribed } = watched(endless(inputs));
        const first = await lastValueFrom(source.pipe(stage(), take(1), toArray()));
        assert.equal(first.length, 1);
        await turn();
        assert.equal(subscribed(), 0);
      },
    },
    {
      name: 'early unsubscribe: nothing comes afterwards',
      run: async () => {
        let count = 0;
        const { source, subscribed } = watched(endless(inputs));
        const subscription = source.pipe(stage()).subscribe(() => count++);
        subscription.unsubscribe();
        const then = count;
        await turn();
        await turn();
        assert.equal(count, then);
        assert.equal(subscribed(), 0);
      },
    },
    {
      name: 'in a graph: gives the same, and never more for an item than its label says',
      run: async () => {
        const made = stage();
        const label = 'label' in made ? made.label : { asks: 1, gives: 1 };
        const sink = collect<O>();
        const capacity = Math.max(1, label.gives);
        const flow = graph('contract')
          .source('source', listSource(inputs), { capacity: Math.max(1, label.asks) })
          .pipe('stage', made, { capacity })
          .sink('sink', sink);
        await run(flow);
        assert.deepEqual(sink.items, outputs);
      },
    },
    ...conformance({ ...cases, runs: RUNS }),
  ];
}

/** Comes back to its beginning for ever, and lets the event loop turn between items. */
function endless<T>(items: readonly T[]): Observable<T> {
  return new Observable((subscriber) => {
    let n = 0;
    let next = setImmediate(function give() {
      subscriber.next(items[n++ % items.length]!);
      if (!subscriber.closed) next = setImmediate(give);
    });
    return () => clearImmediate(next);
  });
}

/** The source, and how many are subscribed to it. */
function watched<T>(inner: Observable<T>): { source: Observable<T>; subscribed: () => number } {
  let count = 0;
  const source = new Observable<T>((subscriber) => {
    count++;
    const subscription = inner.subscribe(subscriber);
    return () => {
      count--;
      subscription.unsubscribe();
    };
  });
  return { source, subscribed: () => count };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
