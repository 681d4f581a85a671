import { expect, it } from 'vitest';
import { norm } from '../../../operators/maths/norm.ts';

it('is the length of all values, or of some in a row', () => {
  const values = Float64Array.of(1, 2, 2, 4);
  expect([norm(values), norm(values, 0, 3), norm(values, 1, 2)]).toEqual([5, 3, Math.sqrt(8)]);
  expect([norm(values, 3), norm(values, 4), norm(Float32Array.of(3, NaN))]).toEqual([4, 0, NaN]);
});

it('sums beyond what float32 holds', () => expect(norm(Float32Array.of(3e38, 3e38)) / 3e38).toBeCloseTo(Math.SQRT2, 6));
