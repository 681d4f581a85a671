import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { blockPermutation, permutation } from '../../pipeline/order.ts';

const all = (n: number, ...key: number[]): number[] => Array.from({ length: n }, (_, i) => permutation(n, ...key)(i));

describe('permutation', () => {
  it('visits every index once, for any length and key', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 600 }), fc.nat(), fc.nat(50), (n, seed, epoch) => {
        const order = permutation(n, seed, epoch);
        const seen = new Set(Array.from({ length: n }, (_, i) => order(i)));
        expect(seen.size).toBe(n);
        expect([...seen].every((i) => i >= 0 && i < n)).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  it('needs no table: a hundred million positions cost as much as ten', () => {
    const order = permutation(100_000_007, 3, 1);
    const seen = new Set(Array.from({ length: 1000 }, (_, i) => order(i * 99_999)));
    expect(seen.size).toBe(1000);
    expect(Math.max(...seen)).toBeLessThan(100_000_007);
  });

  it('is another for another key and the same for the same', () => {
    expect(all(50, 1, 0)).toEqual(all(50, 1, 0));
    expect(all(50, 1, 0)).not.toEqual(all(50, 1, 1));
    expect(all(50, 1, 0)).not.toEqual(all(50, 2, 0));
  });

  it('gives the same orders for ever', () => {
    // Where a run is resumed depends on these: a change here changes what it has seen.
    expect([0, 1, 2, 999_999].map(permutation(1e6, 7, 'faces', 3))).toEqual([480_557, 339_767, 730_176, 953_596]);
    expect([0, 1, 2, 3, 4, 5, 6].map(permutation(7, 7, 'faces', 3))).toEqual([5, 0, 6, 4, 3, 1, 2]);
    const inBlocks = blockPermutation(1e6, { block: 256, window: 16 }, 7, 'faces', 3);
    expect([0, 1, 2, 999_999].map(inBlocks)).toEqual([362_399, 742_497, 246_132, 395_697]);
  });

  it('leaves no trace of where an index came from', () => {
    const n = 40;
    const counts = new Float64Array(n * n);
    const keys = 4000;
    for (let key = 0; key < keys; key++) {
      const order = permutation(n, key);
      for (let i = 0; i < n; i++) counts[i * n + order(i)]!++;
    }
    const expected = keys / n;
    const chi = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
    // Chi square with (n - 1)^2 degrees of freedom: mean 1521, standard deviation 55.
    expect(chi).toBeLessThan(1521 + 5 * 55);
  });

  it('puts any pair side by side, however few there are', () => {
    for (const n of [3, 4, 5, 6, 8, 12, 24, 32]) {
      const counts = new Float64Array(n * n);
      const keys = 20 * n * n + 4000;
      for (let key = 0; key < keys; key++) {
        const order = permutation(n, key);
        counts[order(0) * n + order(1)]!++;
      }
      const expected = keys / (n * (n - 1));
      const pairs = counts.filter((_, i) => i % (n + 1) !== 0);
      const freedom = pairs.length - 1;
      const chi = pairs.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
      expect((chi - freedom) / Math.sqrt(2 * freedom)).toBeLessThan(4);
    }
  });

  it('keeps neighbours apart', () => {
    const n = 5000;
    const order = permutation(n, 11);
    let beside = 0;
    for (let i = 1; i < n; i++) if (Math.abs(order(i) - order(i - 1)) === 1) beside++;
    expect(beside).toBeLessThan(12);
  });
});

describe('blockPermutation', () => {
  const sizes = { block: fc.integer({ min: 1, max: 40 }), window: fc.integer({ min: 1, max: 12 }) };
  const row = (n: number, how: { block: number; window: number }, ...key: number[]): number[] => {
    const order = blockPermutation(n, how, ...key);
    return Array.from({ length: n }, (_, i) => order(i));
  };

  it('visits every index once, and every window reads no more than its own blocks, each whole', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1500 }), fc.record(sizes), fc.nat(), (n, how, seed) => {
        const seen = row(n, how, seed);
        expect(seen.toSorted((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, i) => i));
        // Walking the row, a new block may begin only where w blocks before it are read to their end.
        const left = new Map<number, number>();
        let most = 0;
        for (const index of seen) {
          const block = Math.floor(index / how.block);
          const size = Math.min(how.block, n - block * how.block);
          const rest = (left.get(block) ?? size) - 1;
          if (rest === 0) left.delete(block);
          else left.set(block, rest);
          most = Math.max(most, left.size);
        }
        expect(most).toBeLessThanOrEqual(how.window);
      }),
      { numRuns: 200 },
    );
  });

  it('gives the same position the same index in whatever order it is asked', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 900 }),
        fc.record(sizes),
        fc.array(fc.nat(), { minLength: 1 }),
        (n, how, at) => {
          const seen = row(n, how, 5);
          const order = blockPermutation(n, how, 5);
          for (const i of at) expect(order(i % n)).toBe(seen[i % n]);
        },
      ),
      { numRuns: 100 },
    );
  });

  it('needs no table: ten thousand million positions cost as much as ten', () => {
    const order = blockPermutation(10_000_000_019, { block: 256, window: 16 }, 3);
    const seen = new Set(Array.from({ length: 1000 }, (_, i) => order(i * 9_999_991)));
    expect(seen.size).toBe(1000);
    expect(Math.max(...seen)).toBeGreaterThan(9_000_000_000);
  });

  it('spreads a batch over as many blocks as the formula says', () => {
    for (const [b, w, k] of [
      [16, 4, 8],
      [8, 8, 8],
      [32, 2, 5],
      [4, 10, 30],
    ] as const) {
      const n = 12 * b * w;
      let blocks = 0;
      let most = 0;
      const keys = 150;
      for (let key = 0; key < keys; key++) {
        const seen = row(n, { block: b, window: w }, key).map((index) => Math.floor(index / b));
        for (let window = 0; window < 12; window++)
          blocks += new Set(seen.slice(window * b * w, window * b * w + k)).size;
        for (let i = 0; i + k <= n; i += 3) most = Math.max(most, new Set(seen.slice(i, i + k)).size);
      }
      // The share of batches without one block: C(wb - b, k) / C(wb, k).
      let without = 1;
      for (let i = 0; i < k; i++) without *= (w * b - b - i) / (w * b - i);
      const expected = w * (1 - Math.max(0, without));
      const batches = 12 * keys;
      // A batch's blocks deviate by less than 1.2 here: five standard errors.
      expect(Math.abs(blocks / batches - expected)).toBeLessThan((5 * 1.2) / Math.sqrt(batches));
      expect(most).toBeLessThanOrEqual(Math.min(k, 2 * w));
    }
  });

  it('leaves no trace of where an index came from, the short block included', () => {
    const n = 22;
    const counts = new Float64Array(n * n);
    const keys = 8000;
    for (let key = 0; key < keys; key++)
      row(n, { block: 4, window: 2 }, key).forEach((index, i) => counts[i * n + index]!++);
    // Blocks of 4 4 4 4 4 2. A whole block's record and the short one's are each as likely at a position as at its mirror.
    const at = (i: number, index: number): number => counts[i * n + index]!;
    for (let i = 0; i < n; i++) {
      const long = Array.from({ length: 20 }, (_, index) => at(i, index));
      const mean = long.reduce((sum, count) => sum + count, 0) / 20;
      const chi = long.reduce((sum, count) => sum + (count - mean) ** 2 / mean, 0);
      // Chi square with 19 degrees of freedom: above 50.8 once in 10,000.
      expect(chi).toBeLessThan(50.8);
    }
  });

  it('reaches every place of the short block', () => {
    const places = new Set(Array.from({ length: 200 }, (_, key) => row(9, { block: 4, window: 1 }, key).indexOf(8)));
    expect(places).toEqual(new Set([0, 4, 8]));
  });

  it('is a full shuffle where the window holds everything, and stays inside blocks where it is one', () => {
    const wide = row(40, { block: 8, window: 5 }, 1);
    expect(wide.filter((index, i) => i > 0 && Math.floor(index / 8) === Math.floor(wide[i - 1]! / 8)).length).toBeLessThan(20); // prettier-ignore
    const narrow = row(40, { block: 8, window: 1 }, 1).map((index) => Math.floor(index / 8));
    expect(narrow.filter((block, i) => i > 0 && block !== narrow[i - 1]).length).toBe(4);
  });
});
