import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { histogram } from '../../../sinks/encode/histogram.ts';

const COUNTS = fc.array(fc.oneof(fc.double({ noNaN: true }), fc.float({ noNaN: true }), fc.integer()), {
  minLength: 1,
});

describe('histogram', () => {
  it('counts every number below its limit and not below the one before', () => {
    fc.assert(
      fc.property(COUNTS, (values) => {
        const { limits, counts, num, min, max } = histogram(values);
        expect([num, min, max]).toEqual([values.length, Math.min(...values), Math.max(...values)]);
        let before = -Infinity;
        counts.forEach((count, i) => {
          const last = limits[i] === Number.MAX_VALUE;
          const within = values.filter((x) => x >= before && (x < limits[i]! || last));
          expect(within).toHaveLength(count);
          before = limits[i]!;
        });
      }),
    );
  });

  it('has buckets a tenth wide', () => {
    const { limits, counts } = histogram([1e-12, 1.05e-12, 1.12e-12, 1.2e-12]);
    expect(counts).toEqual([2, 2]);
    expect(limits).toEqual([1e-12 * 1.1, 1e-12 * 1.1 * 1.1]);
  });

  it('knows moments, makes one of several empty buckets and leaves out what is not a number', () => {
    const { sum, sumSquares, num, counts, limits } = histogram(Float32Array.of(-2, NaN, 0.5));
    expect([sum, sumSquares, num, counts]).toEqual([-1.5, 4.25, 2, [1, 0, 1]]);
    expect(limits).toEqual(limits.toSorted((a, b) => a - b));
    expect(histogram([NaN])).toMatchObject({ num: 0, counts: [0] });
  });
});
