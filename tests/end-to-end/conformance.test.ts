import { bufferCount, filter, map, mergeMap, Observable, type OperatorFunction, scan, Subscriber, take } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { Label } from '../../pipeline/contracts.ts';
import { type Flow, graph } from '../../pipeline/graph.ts';
import { parallel } from '../../pipeline/parallel.ts';
import { conformance, type Conforming } from '../contracts/conformance.ts';
import { collect, listSource } from '../contracts/doubles.ts';
import { type Flowing, flowRules } from '../contracts/flowRules.ts';
import type { Check } from '../contracts/stage.ts';

const inputs = Array.from({ length: 12 }, (_, i) => i);
const counted = { keeps: 'order, count' };

/** The rules that a stage breaks, by the beginning of their names. */
async function broken(checks: readonly Check[]): Promise<string[]> {
  const names: string[] = [];
  for (const { name, run } of checks) await run().catch(() => names.push(name.replace(/^rule[:,] | \(.*/g, '')));
  return names;
}

type Stage = OperatorFunction<number, unknown>;
const rules = (stage: () => Stage, label: Partial<Label>, outputs: readonly unknown[] = inputs): Promise<string[]> =>
  broken(conformance<number, unknown>({ stage, label, inputs, outputs, runs: 30 }));

/** A stage written by hand: what it does with each item, at its end and when nobody listens any more. */
const byHand =
  (
    next: (item: number, to: Subscriber<number>) => void,
    { complete = (to: Subscriber<number>) => to.complete(), keep = false } = {},
  ): Stage =>
  (source) =>
    new Observable<number>((to) => {
      const inner = source.subscribe({
        next: (item) => next(item, to),
        error: (error) => to.error(error),
        complete: () => complete(to),
      });
      return () => {
        if (!keep) inner.unsubscribe();
      };
    });

describe('the rules hold', () => {
  const sound: Record<string, Conforming<number, unknown>> = {
    map: { stage: () => map((x: number) => x + 1), inputs, outputs: inputs.map((x) => x + 1), label: counted },
    filter: { stage: () => filter((x: number) => x > 8), inputs, outputs: [9, 10, 11] },
    bufferCount: {
      stage: () => bufferCount(4),
      inputs,
      outputs: [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9, 10, 11]],
      label: { ...counted, holds: 3, items: 4, asks: 4 },
    }, // prettier-ignore
    mergeMap: { stage: () => mergeMap((x: number) => [x, x]), inputs: [1, 2], outputs: [1, 1, 2, 2], label: { gives: 2 } }, // prettier-ignore
    scan: { stage: () => scan((sum: number, x: number) => sum + x, 0), inputs: [1, 2, 3], outputs: [1, 3, 6], label: counted }, // prettier-ignore
    take: { stage: () => take<number>(2), inputs, outputs: [0, 1] },
    parallel: { stage: () => parallel(async (x: number) => x, { concurrency: 3 }), inputs, outputs: inputs },
  };
  for (const [name, cases] of Object.entries(sound))
    for (const { name: rule, run } of conformance({ ...cases, runs: 30 })) it(`${name}: ${rule}`, run);
});

describe('the rules hold for junctions', () => {
  const other = (name: string) => graph(name).source(name, listSource([10, 20, 30, 40]), { capacity: 1 });
  const flows: Record<string, Flowing<number, unknown>> = {
    join: {
      through: (flow, more) => flow.join('j', other('right'), { take: 2, capacity: 1 + more }),
      inputs,
      outputs: [[0, [10, 20]], [1, [30, 40]]],
    }, // prettier-ignore
    merge: {
      through: (flow, more) => flow.merge('m', [other('more')], { rates: [2, 1], capacity: 1 + more }),
      inputs: [0, 1, 2],
      outputs: [0, 10, 1, 2, 20, 30, 40],
    },
    'merge of who is ready': {
      through: (flow, more) => flow.merge('m', [other('more')], { ordered: false, capacity: 1 + more }),
      inputs: [0, 1, 2],
      outputs: [0, 1, 2, 10, 20, 30, 40],
      ordered: false,
    },
    diamond: {
      through: (flow: Flow<number>, more) =>
        flow.join('d', flow.pipe('same', map((x: number) => x), { label: counted, capacity: 1 + more }), { take: 1 }), // prettier-ignore
      inputs,
      outputs: inputs.map((x) => [x, [x]]),
      counted: true,
    },
    broadcast: {
      through: (flow) => flow.sink('aside', collect()).pipe('on', map((x: number) => x)), // prettier-ignore
      inputs,
      outputs: inputs,
      counted: true,
    },
  };
  for (const [name, cases] of Object.entries(flows))
    for (const { name: rule, run } of flowRules({ ...cases, runs: 30 })) it(`${name}: ${rule}`, run);
});

describe('a broken stage is caught by the rule it breaks', () => {
  it('emits late', async () => {
    const late = () => byHand((x, to) => void setImmediate(() => to.next(x)));
    expect(await rules(late, {})).toContain('gives only when called, never by itself');
  });

  it('emits more than its label gives', async () => {
    const two = () => mergeMap((x: number) => [x, x]);
    expect(await rules(two, { gives: 1 })).toContain('gives for an item no more than its label says');
  });

  it('loses items', async () => {
    const loses = () => filter((x: number) => x % 5 !== 4);
    expect(await rules(loses, { ...counted, holds: 9 })).toContain('gives one for each where it says that it keeps count, whatever the timing'); // prettier-ignore
  });

  it('reorders', async () => {
    const swap = () => {
      let kept: number | undefined;
      return byHand((x, to) => {
        if (kept === undefined) return void (kept = x);
        to.next(x);
        to.next(kept);
        kept = undefined;
      });
    };
    expect(await rules(swap, { gives: 2, holds: 1 })).toEqual(['in a graph: gives the same at any speed and capacity']); // prettier-ignore
  });

  it('holds more than it says', async () => {
    const hoards = () => {
      const kept: number[] = [];
      return byHand((x, to) => (kept.push(x), kept.length > 3 ? to.next(kept.shift()!) : undefined), {
        complete: (to) => (kept.forEach((x) => to.next(x)), to.complete()),
      });
    };
    expect(await rules(hoards, { ...counted, holds: 2 })).toEqual(['holds no more items than its label says']);
    expect(await rules(hoards, { ...counted, holds: 3 })).toEqual([]);
  });

  it('ignores that nobody listens any more', async () => {
    const deaf = () => byHand((x, to) => to.next(x), { keep: true });
    expect(await rules(deaf, {})).toContain('lets go of its source when nobody listens, and is silent from then on');
  });

  it('completes twice', async () => {
    const twice = () => byHand((x, to) => to.next(x), { complete: (to) => (to.complete(), to.complete()) });
    expect(await rules(twice, {})).toEqual(['ends once, and gives nothing after']);
  });

  it('emits after an error', async () => {
    const on = (): Stage => (source) =>
      new Observable<number>((to) => source.subscribe({ next: (x) => to.next(x), error: (e) => (to.error(e), to.next(0)), complete: () => to.complete() })); // prettier-ignore
    expect(await rules(on, {})).toEqual(['ends once, and gives nothing after']);
  });

  it('swallows an error', async () => {
    const on = (): Stage => (source) =>
      new Observable<number>((to) => source.subscribe({ next: (x) => to.next(x), error: () => undefined, complete: () => to.complete() })); // prettier-ignore
    expect(await rules(on, {})).toEqual(expect.arrayContaining(['ends once, and gives nothing after', 'passes on the very error of its source, at once'])); // prettier-ignore
  });
});
