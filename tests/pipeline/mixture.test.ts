import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mixture } from '../../pipeline/mixture.ts';
import type { Sampler } from '../../pipeline/sampler.ts';
import { epochOf, namedSource } from '../fixtures/sampled.ts';

type Part = readonly [length: number, share: number];
const make = (parts: readonly Part[], seed = 7): Sampler => {
  const length = parts.reduce((sum, [own]) => sum + own, 0);
  return mixture(...parts.map(([own, share]) => [{ length: own }, share] as const))(namedSource({ length }), [seed, 'faces']); // prettier-ignore
};
const somePart = fc.tuple(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 40 }));
const someParts = fc.array(somePart, { minLength: 1, maxLength: 7 });

describe('mixture', () => {
  it('keeps every source within one of its rate after any number of images, over epochs', () => {
    fc.assert(
      fc.property(someParts, (parts) => {
        const sampler = make(parts);
        const starts = parts.map((_, i) => parts.slice(0, i).reduce((sum, [own]) => sum + own, 0));
        const shares = parts.reduce((sum, [, share]) => sum + share, 0);
        const given = parts.map((): number[] => []);
        let n = 0;
        let furthest = 0;
        for (let epoch = 0; epoch < 4; epoch++)
          for (const index of epochOf(sampler, epoch)) {
            const part = starts.findLastIndex((start) => start <= index);
            given[part]!.push(index - starts[part]!);
            n++;
            for (const [i, [, share]] of parts.entries())
              furthest = Math.max(furthest, Math.abs(given[i]!.length * shares - share * n));
          }
        // |given - rate n| < 1, in whole numbers.
        expect(furthest).toBeLessThan(shares);
        // Each source is gone through whole before it begins again, in another order.
        parts.forEach(([own], i) => {
          for (let at = 0; at + own <= given[i]!.length; at += own)
            expect(new Set(given[i]!.slice(at, at + own)).size).toBe(own);
        });
      }),
      { numRuns: 150 },
    );
  });

  it('holds for shares that have little in common, to the end of their pattern', () => {
    const parts: Part[] = [[10, 9973], [10, 811], [10, 17], [10, 1], [10, 4999]]; // prettier-ignore
    const shares = parts.reduce((sum, [, share]) => sum + share, 0);
    const sampler = make(parts);
    const given = parts.map(() => 0);
    let furthest = 0;
    for (let n = 0; n < 2 * shares; n++) {
      given[Math.floor(sampler.at(Math.floor(n / 50), n % 50) / 10)]!++;
      parts.forEach(([, share], i) => (furthest = Math.max(furthest, Math.abs(given[i]! * shares - share * (n + 1)))));
    }
    expect(furthest).toBeLessThan(shares);
    expect(given).toEqual(parts.map(([, share]) => 2 * share));
  });

  it('takes from each source anything, evenly', () => {
    const sampler = make([[5, 2], [20, 3]]); // prettier-ignore
    const epochs = 4000;
    const counts = new Float64Array(25);
    for (let epoch = 0; epoch < epochs; epoch++) for (const at of [0, 1]) counts[sampler.at(epoch, at)]!++;
    const small = counts.subarray(0, 5).reduce((sum, n) => sum + n, 0);
    const chi = counts.reduce((sum, n, i) => {
      const expected = i < 5 ? small / 5 : (2 * epochs - small) / 20;
      return sum + (n - expected) ** 2 / expected;
    }, 0);
    // Chi square with 4 + 19 degrees of freedom: above 57.0 once in 10,000.
    expect(chi).toBeLessThan(57);
  });

  it('is a function of seed, epoch and position alone', () => {
    const parts: Part[] = [[7, 1], [30, 2]]; // prettier-ignore
    const all = [0, 1, 2].map((epoch) => epochOf(make(parts), epoch));
    const sampler = make(parts);
    for (const [epoch, position] of [
      [2, 36],
      [0, 3],
      [2, 0],
      [1, 20],
    ] as const)
      // prettier-ignore
      expect(sampler.at(epoch, position)).toBe(all[epoch]![position]);
    expect(epochOf(make(parts, 8), 0)).not.toEqual(all[0]);
    expect(epochOf(make([[7, 10], [30, 20]]), 0)).toEqual(all[0]); // prettier-ignore
  });

  it('refuses shares and parts that are none', () => {
    expect(() => mixture()).toThrow('parts must be at least one source');
    expect(() => mixture([{ length: 3 }, 0.5])).toThrow('share of part 0 must be a whole number of at least 1, received 0.5'); // prettier-ignore
    expect(() => make([[3, 65_536], [3, 1]])).toThrow('sum of shares must be at most 65536, less their common divisor, received 65537'); // prettier-ignore
    expect(() => make([[3, 1], [0, 1]])).toThrow('part 1 must be a source with images, received 0'); // prettier-ignore
    expect(() => mixture([{ length: 3 }, 1])(namedSource({ length: 4 }), [])).toThrow(
      'parts must be the 4 images of faces, one after another, received 3',
    );
  });
});
