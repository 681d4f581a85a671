import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type Flow, graph } from '../../pipeline/graph.ts';
import { run } from '../../pipeline/run.ts';
import { collect, listSource } from './doubles.ts';
import type { Check } from './stage.ts';

/** A stage, a junction or any piece of a graph that items flow through. */
export interface Flowing<I, O> {
  /** Puts it behind a flow, its links `more` items wider than they must be. */
  through: (flow: Flow<I>, more: number) => Flow<O>;
  inputs: readonly I[];
  /** What it gives for them. */
  outputs: readonly O[];
  /** Whether they come in this order. Default true. */
  ordered?: boolean;
  /** Whether every item out stands for as many items in: only then can what is in flight be counted from outside. Default false. */
  counted?: boolean;
  /** Least capacity of the link before it. Default 1. */
  room?: number;
  /** Random schedules for each rule. Default 100. */
  runs?: number;
}

/**
 * The rules of a piece of a graph, each over random schedules: when each read and each write settles is drawn, and so are the
 * capacities around it. For junctions and for what takes its time; a stage has more rules in `conformance`.
 *
 * ```ts
 * const doubled = { through: (flow: Flow<number>) => flow.join('twice', flow, { take: 1 }), inputs: [1, 2], outputs: [[1, [1]], [2, [2]]] };
 * for (const { name, run } of flowRules(doubled)) it(name, run);
 * ```
 */
export function flowRules<I, O>(cases: Flowing<I, O>): Check[] {
  const { outputs, ordered = true, counted = false, runs = 100 } = cases;
  const property = (check: (seen: Seen<O>, at: number) => void, ends: 'complete' | 'abort'): (() => Promise<void>) => {
    const drawn = [fc.scheduler(), fc.integer({ min: 1, max: 4 }), fc.integer({ min: 0, max: 3 }), fc.nat(outputs.length)] as const; // prettier-ignore
    return () =>
      fc.assert(
        fc.asyncProperty(...drawn, async (s, capacity, more, at) => {
          check(await schedule(cases, s, { capacity, more, at: ends === 'abort' ? at : Infinity }), at);
        }),
        { numRuns: runs },
      );
  };
  return [
    {
      name: 'rule, in a graph: gives the same at any speed and capacity',
      run: property(({ items, error }) => {
        if (error !== undefined) throw error;
        if (ordered) assert.deepEqual(items, outputs);
        else for (const item of outputs) assert.ok(items.some((one) => equal(one, item)), 'lost an item');
        assert.equal(items.length, outputs.length);
      }, 'complete'), // prettier-ignore
    },
    {
      name: 'rule, in a graph: nothing is in flight but what the bound allows (1.1, 3.17)',
      run: property(({ ahead, bound }) => assert.ok(!counted || ahead <= bound, `${ahead} over ${bound}`), 'complete'),
    },
    {
      name: 'rule, in a graph: ends at once when aborted, and leaves nothing open (1.8, 3.12)',
      run: property(({ items, closed, writing, error }, at) => {
        assert.ok(items.length <= at + 1, `wrote ${items.length} after ${at}`);
        assert.ok(closed && writing <= 1);
        assert.ok(error === undefined || error.message === 'enough', error?.message);
      }, 'abort'),
    },
  ];
}

interface Seen<O> {
  items: readonly O[];
  error: Error | undefined;
  /** Most source items given and not yet written, as far as a count can tell. */
  ahead: number;
  bound: number;
  closed: boolean;
  writing: number;
}

type Drawn = { capacity: number; more: number; at: number };

async function schedule<I, O>(cases: Flowing<I, O>, s: fc.Scheduler, { capacity, more, at }: Drawn): Promise<Seen<O>> {
  const { inputs, outputs, through, room = 1 } = cases;
  const soon = (what: string): Promise<void> => s.schedule(Promise.resolve(), what);
  const source = listSource(inputs, { before: () => soon('read') });
  const stop = new AbortController();
  let ahead = 0;
  // Before the last is written nothing else can have been given for the items that it stands for.
  const each = Math.max(1, inputs.length / Math.max(1, outputs.length));
  const sink = collect<O>((_, n) => {
    ahead = Math.max(ahead, Math.floor(source.given - n * each));
    if (n === at) stop.abort(new Error('enough'));
    return soon('write');
  });
  const flow = through(graph('rules').source('inputs', source, { capacity: capacity + room - 1 }), more).sink(
    'outputs',
    sink,
  );
  const running = run(flow, { signal: stop.signal }).then(
    () => undefined,
    (error: unknown) => error as Error,
  );
  const error = await s.waitFor(running);
  return { items: sink.items, error, ahead, bound: flow.bound(), closed: source.closed === source.opened && sink.end !== undefined, writing: sink.writing }; // prettier-ignore
}

function equal(a: unknown, b: unknown): boolean {
  try {
    assert.deepEqual(a, b);
    return true;
  } catch {
    return false;
  }
}
