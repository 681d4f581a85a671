import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countsBelow } from '../../../operators/maths/countsBelow.ts';

describe('countsBelow', () => {
  it('is strict at a threshold, and NaN is below nothing', () => {
    expect([...countsBelow([0.5, 0.1, 0.5, Number.NaN], [0, 0.5, 1])]).toEqual([0, 1, 3]);
  });

  it('agrees with counting', () => {
    fc.assert(
      fc.property(
        fc.array(fc.float({ min: 0, max: 4 })),
        fc.array(fc.float({ min: 0, max: 4, noNaN: true })),
        (values, unsorted) => {
          const thresholds = unsorted.toSorted((a, b) => a - b);
          expect([...countsBelow(values, thresholds)]).toEqual(
            thresholds.map((threshold) => values.filter((value) => value < threshold).length),
          );
        },
      ),
    );
  });
});
