import { describe, expect, it } from 'vitest';
import { quantile } from '../../../operators/maths/quantile.ts';

describe('quantile', () => {
  it('interpolates as NumPy does', () => {
    const values = [7, 1, 3, 10, 2];
    expect([0, 0.25, 0.5, 0.75, 1].map((p) => quantile(values, p))).toEqual([1, 2, 3, 7, 10]);
    expect(quantile([1, 2, 3, 4], 0.25)).toBe(1.75);
    expect(quantile([1, 2, 3, 4], 0.9)).toBeCloseTo(3.7, 12);
  });

  it('sorts as numbers and leaves its argument alone', () => {
    const values = [10, 9, 100];
    expect(quantile(values, 0.5)).toBe(10);
    expect(values).toEqual([10, 9, 100]);
  });

  it('is the value itself of one, and NaN of none', () => {
    expect(quantile([5], 0.3)).toBe(5);
    expect(quantile([], 0.5)).toBeNaN();
  });
});
