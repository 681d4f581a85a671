import { expect, it } from 'vitest';
import { cmcCurve } from '../../../operators/evaluate/cmcCurve.ts';

const ranks = Array.from({ length: 200 }, (_, i) => [1, 1, 4, 30, 1, 2][Math.floor(i / 4) % 6]!);
const people = ranks.map((_, i) => 1000 + Math.floor(i / 4));

it('counts mates among the first so many, as far as the gallery goes', () => {
  const { rank, rate, interval } = cmcCurve({ ranks, people, probes: 200 }, 40);
  expect([rank[0], rank.at(-1)]).toEqual([1, 32]);
  for (const [i, k] of rank.entries()) {
    expect(rate[i]).toBe(ranks.filter((own) => own <= k).length / 200);
    expect(interval[i]![0]).toBeLessThanOrEqual(rate[i]!);
    expect(interval[i]![1]).toBeGreaterThanOrEqual(rate[i]!);
  }
  expect(rate.at(-1)).toBe(1);
});

it('knows that four probes of one person are not four people', () => {
  const width = (of: number[]): number => {
    const [[low, high]] = cmcCurve({ ranks, people: of, probes: 200 }, 40).interval as [[number, number]];
    return high - low;
  };
  const ratio = width(people) / width(ranks.map((_, i) => i));
  expect(ratio).toBeGreaterThan(1.6);
  expect(ratio).toBeLessThan(2.4);
});

it('divides by all probes where some have no mate', () => {
  expect(cmcCurve({ ranks: [1, 2], people: [1, 2], probes: 4 }, 2).rate).toEqual([0.25, 0.5]);
  expect(() => cmcCurve({ ranks: [], people: [], probes: 4 }, 2)).toThrow('of at least one probe with a mate');
});

it('ends where ranks are no longer told apart', () => {
  const cut = ranks.map((rank) => (rank > 20 ? Infinity : rank));
  const [whole, known] = [cmcCurve({ ranks, people, probes: 200 }, 40), cmcCurve({ ranks: cut, people, probes: 200, deepest: 20 }, 40)]; // prettier-ignore
  const many = whole.rank.filter((k) => k <= 20).length;
  expect(known.rank.at(-1)).toBe(20);
  expect([known.rate, known.interval]).toEqual([whole.rate.slice(0, many), whole.interval.slice(0, many)]);
  expect(known.rate.at(-1)).toBeLessThan(1);
});
