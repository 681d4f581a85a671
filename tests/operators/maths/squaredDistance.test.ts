import { expect, it } from 'vitest';
import { squaredDistance } from '../../../operators/maths/squaredDistance.ts';

it('is that of two arrays, or of rows within them', () => {
  const rows = Float32Array.of(1, 2, 3, 4, 6, 3);
  expect(squaredDistance(rows, Float32Array.of(0, 0, 1), 3)).toBe(9);
  expect(squaredDistance(rows, rows, 3, 0, 3)).toBe(25);
  expect(squaredDistance(rows, rows, 2, 4, 2)).toBe(10);
  expect(squaredDistance(rows, rows, 3)).toBe(0);
});
