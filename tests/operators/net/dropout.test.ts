import { describe, expect, it } from 'vitest';
import { Dropout, dropoutMask } from '../../../operators/net/dropout.ts';

/** Share of places with the same value. */
function agreement(a: Float32Array, b: Float32Array): number {
  return a.filter((v, i) => v === b[i]).length / a.length;
}

describe('dropout mask', () => {
  const size = 40_000;

  it('zeroes the share it is told to, and keeps the mean', () => {
    for (const rate of [0.1, 0.4, 0.9]) {
      const mask = dropoutMask(size, rate, 12345);
      const zeros = mask.filter((v) => v === 0).length;
      expect(Math.abs(zeros / size - rate)).toBeLessThan(4 * Math.sqrt((rate * (1 - rate)) / size));
      expect(new Set(mask)).toEqual(new Set([0, Math.fround(1 / (1 - rate))]));
    }
    expect(dropoutMask(8, 0, 1)).toEqual(new Float32Array(8).fill(1));
  });

  it('is the same for the same key, unrelated for others and between neighbours', () => {
    const mask = dropoutMask(size, 0.5, 1);
    expect(dropoutMask(size, 0.5, 1)).toEqual(mask);
    for (const key of [2, 3, 0x8000_0001]) {
      expect(Math.abs(agreement(mask, dropoutMask(size, 0.5, key)) - 0.5)).toBeLessThan(0.01);
    }
    for (const lag of [1, 2, 7, 512]) {
      expect(Math.abs(agreement(mask.slice(0, -lag), mask.slice(lag)) - 0.5)).toBeLessThan(0.01);
    }
  });

  it('refuses a rate of one', () => {
    expect(() => new Dropout('d', { rate: 1 })).toThrow('d: rate must be a number in [0, 1), received 1');
  });
});
