import { expect, it } from 'vitest';
import { thin } from '../../../sinks/plot/thin.ts';

it('makes neighbours one point, which says how far they reach', () => {
  const points = [1, 2, 3].map((x) => [x, [4, 6, 5][x - 1]!] as const);
  expect(thin(points, 2)).toEqual([
    { x: 1.5, mean: 5, low: 4, high: 6 },
    { x: 3, mean: 5, low: 5, high: 5 },
  ]);
  expect(thin(points, 3).map(({ mean }) => mean)).toEqual([4, 6, 5]);
  expect(thin([], 10)).toEqual([]);
  expect(
    thin(
      Array.from({ length: 100_001 }, (_, i) => [i, i] as const),
      280,
    ).length,
  ).toBeLessThanOrEqual(280);
});
