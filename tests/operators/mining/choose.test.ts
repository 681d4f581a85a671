import { dispose, memory, tensor2d } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { choose, type ChooseOptions, type Chosen } from '../../../operators/mining/choose.ts';
import { startEngine } from '../../../pipeline/engine/load.ts';
import { wave } from '../../contracts/numbers.ts';

const [B, P, C] = [24, 200, 4];
const batch = wave(B * C, 0.83).map((x) => 6 * x);
const pool = wave(P * C, 1.37).map((x) => 6 * x);
/** Every ninth has no label. */
const labels = Int32Array.from({ length: P }, (_, i) => (i % 9 === 0 ? -1 : (i * 7) % C));
const key = { seed: 3, name: 'pose', iteration: 5 };

function chosen(options: Partial<ChooseOptions> = {}, a = batch, b = pool, own = labels): Chosen {
  const [queries, candidates] = [tensor2d(a, [a.length / C, C]), tensor2d(b, [b.length / C, C])];
  try {
    return choose(queries, candidates, own, { mode: 'argmaxDedup', count: 12, key, ...options });
  } finally {
    dispose([queries, candidates]);
  }
}
const distance = (i: number, j: number): number =>
  Array.from({ length: C }, (_, c) => (batch[i * C + c]! - pool[j * C + c]!) ** 2).reduce((a, b) => a + b);
const able = [...labels.keys()].filter((j) => labels[j]! >= 0);
const farthestFirst = (of: (j: number) => number): number[] => able.toSorted((a, b) => of(b) - of(a));
/** For each face of the batch the pool from farthest to nearest, by brute force. */
const ranks = Array.from({ length: B }, (_, i) => farthestFirst((j) => distance(i, j)));

beforeAll(async () => void (await startEngine()));

describe('choose', () => {
  it('takes the farthest by votes, none twice, as brute force does', () => {
    const { slots, distinct } = chosen({ cap: 99, count: 20 });
    const expected: number[] = [];
    for (let rank = 0; rank < 8; rank++) {
      const votes = new Map<number, number>();
      for (const row of ranks) votes.set(row[rank]!, (votes.get(row[rank]!) ?? 0) + 1);
      const sorted = [...votes].toSorted(([a, x], [b, y]) => y - x || a - b).map(([slot]) => slot);
      for (const slot of sorted) if (!expected.includes(slot)) expected.push(slot);
    }
    expect(expected.length).toBeGreaterThan(20);
    expect([...slots]).toEqual(expected.slice(0, 20));
    expect(distinct).toBe(new Set(ranks.map((row) => row[0])).size / B);
  });

  it('takes no more of a class than its share, until others are used up', () => {
    const { slots } = chosen();
    const counts = Array.from({ length: C }, (_, c) => slots.filter((slot) => labels[slot] === c).length);
    expect(counts).toEqual([3, 3, 3, 3]);
    const few = labels.map((label, j) => (label === 1 && j > 20 ? -1 : label));
    const rare = few.filter((label) => label === 1).length;
    expect(rare).toBeLessThan(25);
    const all = chosen({ count: 100 }, batch, pool, few);
    expect(new Set(all.slots).size).toBe(100);
    expect(all.slots.filter((slot) => few[slot] === 1)).toHaveLength(rare);
  });

  it('gives what there is where less may be chosen, each once', () => {
    const { slots } = chosen({ count: 5000 });
    expect([...slots].toSorted((a, b) => a - b)).toEqual(able);
    expect(chosen({ count: 3 }, batch, pool, new Int32Array(P).fill(-1))).toEqual({ slots: new Int32Array(0), distinct: 1 }); // prettier-ignore
  });

  it("takes those farthest from the batch's mean, which is farthest from all together", () => {
    const sums = farthestFirst((j) => Array.from({ length: B }, (_, i) => distance(i, j)).reduce((a, b) => a + b));
    expect([...chosen({ mode: 'meanTopK' }).slots]).toEqual(sums.slice(0, 12));
  });

  it('takes those whose nearest of the batch is farthest', () => {
    const least = farthestFirst((j) => Math.min(...Array.from({ length: B }, (_, i) => distance(i, j))));
    expect([...chosen({ mode: 'maxMin' }).slots]).toEqual(least.slice(0, 12));
  });

  it('gives the literal answers, the same one as often as it is asked for', () => {
    const { slots } = chosen({ mode: 'literal', count: B });
    expect([...slots]).toEqual(ranks.map(([first]) => first));
    expect(new Set(slots).size).toBeLessThan(B);
    expect(chosen({ mode: 'literal', count: 5 }).slots).toEqual(slots.slice(0, 5));
  });

  it('draws at random by its key', () => {
    const { slots } = chosen({ mode: 'random' });
    expect(new Set(slots).size).toBe(12);
    expect(slots.every((slot) => labels[slot]! >= 0)).toBe(true);
    expect(chosen({ mode: 'random' }).slots).toEqual(slots);
    expect(chosen({ mode: 'random', key: { ...key, iteration: 6 } }).slots).not.toEqual(slots);
    expect(chosen({ mode: 'random', key: { ...key, name: 'blur' } }).slots).not.toEqual(slots);
  });

  it('leaves no tensor', () => {
    const before = memory().numTensors;
    for (const mode of ['argmaxDedup', 'meanTopK', 'maxMin', 'random', 'literal'] as const) chosen({ mode });
    expect(memory().numTensors).toBe(before);
  });
});
