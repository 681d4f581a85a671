import { expect, it } from 'vitest';
import { resample } from '../../../operators/maths/resample.ts';

it('draws as many as there are, by seed and number', () => {
  const draws = Array.from({ length: 400 }, (_, number) => resample(50, number, { seed: 3 }));
  expect(draws.every((counts) => counts.reduce((sum, count) => sum + count, 0) === 50)).toBe(true);
  expect(resample(50, 7, { seed: 3 })).toEqual(draws[7]);
  expect(resample(50, 7, { seed: 4 })).not.toEqual(draws[7]);
  // Of 50 things each is missing from a resample with probability (1 - 1/50)^50 = 0.364.
  const missing = draws.reduce((sum, counts) => sum + counts.filter((count) => count === 0).length, 0) / (400 * 50);
  expect(missing).toBeCloseTo(0.364, 1);
  const each = draws.reduce((sum, counts) => sum + counts[49]!, 0) / 400;
  expect(each).toBeGreaterThan(0.8);
  expect(each).toBeLessThan(1.2);
});
