import fc from 'fast-check';
import { filter, map, mergeMap, take } from 'rxjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Stage } from '../../pipeline/contracts.ts';
import { StageError } from '../../pipeline/errors.ts';
import { type Flow, graph } from '../../pipeline/graph.ts';
import { parallel } from '../../pipeline/parallel.ts';
import { run } from '../../pipeline/run.ts';
import { collect, listSource } from '../contracts/doubles.ts';

/** One item of the random graphs: the source items it stands for. */
interface Token {
  ids: number[];
}

/** Follows every source item through a graph, from outside: nothing here trusts the graph's own counts. */
class Ledger {
  readonly live = new Map<number, number>();
  readonly seen = new Map<number, number>();
  peak = 0;

  enter(id: number): void {
    this.live.set(id, 1);
    this.seen.set(id, 0);
    this.peak = Math.max(this.peak, this.live.size);
  }

  add(token: Token, copies: number): void {
    for (const id of token.ids) {
      const left = this.live.get(id)! + copies;
      if (left === 0) this.live.delete(id);
      else this.live.set(id, left);
    }
  }
}

type Pace = 'now' | 'microtask' | 'turn';
const pause = (pace: Pace): Promise<void> | undefined =>
  pace === 'now'
    ? undefined
    : pace === 'microtask'
      ? Promise.resolve()
      : new Promise((resolve) => setImmediate(resolve));

const anyPace = fc.constantFrom<Pace[]>('now', 'microtask', 'turn');
const anyCapacity = fc.integer({ min: 1, max: 9 });
const kind = fc.oneof(
  fc.constant({ kind: 'map' as const }),
  fc.record({ kind: fc.constant('drop' as const), every: fc.integer({ min: 2, max: 5 }) }),
  fc.record({ kind: fc.constant('copy' as const), times: fc.integer({ min: 2, max: 3 }) }),
  fc.record({ kind: fc.constant('group' as const), size: fc.integer({ min: 2, max: 4 }) }),
  fc.record({
    kind: fc.constant('parallel' as const),
    concurrency: fc.integer({ min: 1, max: 4 }),
    ordered: fc.boolean(),
    pace: anyPace,
  }),
);
const plan = fc.record({
  items: fc.integer({ min: 0, max: 60 }),
  source: fc.record({
    capacity: anyCapacity,
    pace: anyPace,
    chunk: fc.integer({ min: 1, max: 5 }),
    randomAccess: fc.boolean(),
  }),
  stages: fc.array(fc.record({ stage: kind, capacity: anyCapacity }), { minLength: 1, maxLength: 5 }),
  sinks: fc.array(anyPace, { minLength: 1, maxLength: 2 }),
  end: fc.oneof(
    { arbitrary: fc.constant({ kind: 'complete' as const }), weight: 3 },
    {
      arbitrary: fc.record({
        kind: fc.constantFrom('fail' as const, 'abort' as const, 'stop' as const, 'take' as const),
        at: fc.integer({ min: 0, max: 30 }),
      }),
      weight: 2,
    },
  ),
});
type Plan = typeof plan extends fc.Arbitrary<infer P> ? P : never;

/** Groups of n, the last one smaller: holds n - 1. */
function group(n: number): Stage<Token, Token> {
  const operator = (source: Parameters<Stage<Token, Token>>[0]) => {
    const ids: number[] = [];
    let held = 0;
    return source.pipe(
      map((token) => {
        ids.push(...token.ids);
        return ++held % n === 0 ? { ids: ids.splice(0) } : undefined;
      }),
      filter((token) => token !== undefined),
      (inner) => inner,
    );
  };
  return Object.assign(operator, {
    label: { in: 'Token', out: 'Token', keeps: 'order', asks: 1, gives: 1, holds: n - 1, items: n },
  });
}

async function check(p: Plan): Promise<void> {
  const ledger = new Ledger();
  const abort = new AbortController();
  const stop = new AbortController();
  const items = Array.from({ length: p.items }, (_, id): Token => ({ ids: [id] }));
  const source = listSource(items, { ...p.source, before: () => pause(p.source.pace) });
  const entering = {
    ...source,
    ...(source.read && { read: (at: Int32Array) => tell(source.read!(at)) }),
    async *[Symbol.asyncIterator]() {
      for await (const chunk of { [Symbol.asyncIterator]: () => source[Symbol.asyncIterator]() })
        yield await tell(chunk);
    },
  };
  async function later(chunk: Promise<Token[]>): Promise<Token[]> {
    return tell(await chunk) as Token[];
  }
  function tell(chunk: Token[] | Promise<Token[]>): Token[] | Promise<Token[]> {
    if (!Array.isArray(chunk)) return later(chunk);
    for (const token of chunk) ledger.enter(token.ids[0]!);
    return chunk;
  }
  let flow: Flow<Token> = graph('random').source('source', entering, p.source) as unknown as Flow<Token>;
  let ordered = true;
  let groups = false;
  let working = 0;
  p.stages.forEach(({ stage, capacity }, i) => {
    const name = `${stage.kind}${i}`;
    if (stage.kind === 'map')
      flow = flow.pipe(name, map((t) => t), { capacity }); // prettier-ignore
    else if (stage.kind === 'drop') {
      let n = 0;
      const keep = filter((token: Token) => n++ % stage.every !== 0 || (ledger.add(token, -1), false));
      flow = flow.pipe(name, keep, { capacity });
    } else if (stage.kind === 'copy') {
      const copy = mergeMap((token: Token) => {
        ledger.add(token, stage.times - 1);
        return Array.from({ length: stage.times }, () => token);
      });
      flow = flow.pipe(name, copy, { capacity: Math.max(capacity, stage.times), label: { gives: stage.times } });
    } else if (stage.kind === 'group') {
      groups = true;
      flow = flow.pipe(name, group(stage.size), { capacity });
    } else {
      ordered &&= stage.ordered;
      const { concurrency } = stage;
      const slow = async (token: Token): Promise<Token> => {
        working++;
        // Not every item takes the same: results are ready in another order than their items.
        if (token.ids[0]! % 3 !== 0) await pause(stage.pace);
        working--;
        return token;
      };
      flow = flow.pipe(name, parallel(slow, { concurrency, ordered: stage.ordered }), { capacity });
    }
  });
  const { end } = p;
  if (end.kind === 'fail') {
    let n = 0;
    flow = flow.pipe('failing', map((token) => {
      if (n++ === end.at) throw new Error('as planned');
      return token;
    }), { capacity: 2 }); // prettier-ignore
  }
  if (end.kind === 'take') flow = flow.pipe('take', take(end.at), { capacity: 2 });
  if (p.sinks.length > 1) flow = flow.pipe('twice', map((token) => (ledger.add(token, 1), token)), { capacity: 2 }); // prettier-ignore
  const sinks = p.sinks.map((pace) =>
    collect<Token>((token, n) => {
      if (n === ('at' in end ? end.at : -1)) {
        if (end.kind === 'abort') abort.abort(new Error('as planned'));
        if (end.kind === 'stop') stop.abort(new Error('as planned'));
      }
      const done = (): void => ledger.add(token, -1);
      const wait = pause(pace);
      return wait === undefined ? done() : wait.then(done);
    }),
  );
  sinks.forEach((sink, i) => (flow = flow.sink(`sink${i}`, sink)));

  const outcome = await run(flow, { signal: abort.signal, stop: stop.signal }).then(
    (report) => ({ report, error: undefined }),
    (error: unknown) => ({ report: undefined, error }),
  );

  // Bounded: a source that can only be walked holds the rest of its own chunk besides.
  expect(ledger.peak).toBeLessThanOrEqual(flow.bound() + (p.source.randomAccess ? 0 : p.source.chunk));
  // Everything that was opened is closed, once, with the outcome.
  expect(source.closed).toBe(source.opened);
  for (const sink of sinks) {
    expect(sink.opened).toBe(1);
    expect(sink.end).toBeDefined();
    expect(sink.writing).toBeLessThanOrEqual(1);
  }
  // Nothing goes on behind its back.
  expect(working).toBe(0);
  // Order: first of each token rises, copies stand beside one another.
  if (ordered)
    for (const sink of sinks) {
      const firsts = sink.items.map((token) => token.ids[0]!);
      expect(firsts).toEqual(firsts.toSorted((a, b) => a - b));
    }
  if (outcome.error !== undefined) {
    expect(outcome.error).toHaveProperty('message', expect.stringContaining('as planned'));
    if (end.kind === 'fail') {
      expect(outcome.error).toBeInstanceOf(StageError);
      expect(outcome.error).toHaveProperty('stage', 'failing');
    } else expect(end.kind).toBe('abort');
    return;
  }
  const early = outcome.report!.outcome?.kind === 'aborted' || end.kind === 'take';
  expect(outcome.report!.outcome?.kind).toBe(stop.signal.aborted ? 'aborted' : 'complete');
  // Exactly once: what is not written was dropped by a stage that says so, or is the incomplete last group.
  if (!early && !groups) expect(ledger.live.size).toBe(0);
  if (!early) expect(source.given).toBe(p.items);
}

describe('a running graph', () => {
  let before: string[];
  beforeAll(() => void (before = process.getActiveResourcesInfo().toSorted()));
  afterAll(() => expect(process.getActiveResourcesInfo().toSorted()).toEqual(before));

  it('keeps its bound, its order and its items, however it ends', async () => {
    await fc.assert(fc.asyncProperty(plan, check), { numRuns: 400 });
  });

  it('holds a fast source back behind a slow sink', async () => {
    let peak = 0;
    let written = 0;
    const source = listSource(Array.from({ length: 5000 }, (_, i) => i));
    const sink = collect<number>(() => {
      peak = Math.max(peak, source.given - written++);
      return new Promise((resolve) => setImmediate(resolve));
    });
    const flow = graph('slow')
      .source('fast', source, { capacity: 16 })
      .pipe(
        'wait',
        parallel(async (x: number) => x, { concurrency: 4 }),
        { capacity: 8 },
      )
      .sink('slow', sink);
    await run(flow);
    expect(sink.items).toEqual(Array.from({ length: 5000 }, (_, i) => i));
    expect(flow.bound()).toBe(16 + 8 + 1);
    expect(peak).toBeLessThanOrEqual(flow.bound());
  });
});
