import fc from 'fast-check';
import { expect, it } from 'vitest';
import { partitionPoint } from '../../../operators/maths/partitionPoint.ts';

it('counts the values below a bound, and those up to it, as looking at all of them does', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 9 })), fc.integer({ min: -1, max: 10 }), (drawn, bound) => {
      const values = drawn.toSorted((a, b) => a - b);
      expect(partitionPoint(values, (value) => value < bound)).toBe(values.filter((value) => value < bound).length);
      expect(partitionPoint(values, (value) => value <= bound)).toBe(values.filter((value) => value <= bound).length);
    }),
  );
});
