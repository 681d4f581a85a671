import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { permutation } from '../../pipeline/order.ts';

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

  it('keeps neighbours apart', () => {
    const n = 5000;
    const order = permutation(n, 11);
    let beside = 0;
    for (let i = 1; i < n; i++) if (Math.abs(order(i) - order(i - 1)) === 1) beside++;
    expect(beside).toBeLessThan(12);
  });
});
