import { expect, it } from 'vitest';
import { occludedPairs } from '../../../operators/evaluate/occludedPairs.ts';
import type { PairProtocol } from '../../../pipeline/items.ts';

const many: PairProtocol = {
  name: 'many',
  folds: 10,
  pairs: Array.from({ length: 400 }, (_, i) => ({ a: `p/${i % 7}`, b: `q/${i % 5}`, same: i % 2 === 0 })),
};
const options = { side: 29, size: [112, 112], seed: 3 } as const;

it('covers one image of each pair, drawn for each pair', () => {
  const { protocol, copies } = occludedPairs(many, options);
  expect([protocol.name, protocol.folds, copies.size]).toEqual(['many', 10, 400]);
  const sides = protocol.pairs.map(({ a, b, same }, i) => {
    const pair = many.pairs[i]!;
    expect(same).toBe(pair.same);
    const covered = a === pair.a ? b : a;
    expect(covered).toBe(`${a === pair.a ? pair.b : pair.a}#${i}`);
    expect(copies.get(covered)!.image).toBe(a === pair.a ? pair.b : pair.a);
    expect([a, b]).toContain(a === pair.a ? pair.a : pair.b);
    return a === pair.a;
  });
  const share = sides.filter((side) => side).length / 400;
  expect(share > 0.4 && share < 0.6).toBe(true);
  const blocks = [...copies.values()].map(({ block }) => block);
  expect(blocks.every(({ side, left, top }) => side === 29 && left >= 0 && top >= 0 && left <= 83 && top <= 83)).toBe(true); // prettier-ignore
  expect(Math.max(...blocks.map(({ left }) => left))).toBeGreaterThan(75);
  expect(Math.min(...blocks.map(({ top }) => top))).toBeLessThan(8);
});

it('is keyed by seed and pair, whatever else is compared', () => {
  const whole = occludedPairs(many, options);
  const few = occludedPairs({ ...many, pairs: many.pairs.slice(0, 20) }, options);
  expect(few.protocol.pairs).toEqual(whole.protocol.pairs.slice(0, 20));
  for (const [name, copy] of few.copies) expect(whole.copies.get(name)).toEqual(copy);
  expect(occludedPairs(many, { ...options, seed: 4 }).protocol.pairs).not.toEqual(whole.protocol.pairs);
});

it('refuses a square larger than the faces', () => {
  expect(() => occludedPairs(many, { ...options, side: 113 })).toThrow('many: occlude must be a whole number in [1, 112]'); // prettier-ignore
  expect(() => occludedPairs(many, { ...options, side: 0 })).toThrow('received 0');
});
