import { expect, it } from 'vitest';
import { randomBatch } from '../../../../pipeline/cli/bench/randomBatch.ts';

it('draws the same bytes and labels each time', () => {
  const batch = randomBatch(3, 5, [4, 6]);
  expect(batch.pixels).toHaveLength(3 * 4 * 6 * 3);
  expect(new Set(batch.pixels).size).toBeGreaterThan(100);
  expect(batch.labels.every((label) => label >= 0 && label < 5)).toBe(true);
  expect(batch.ids).toEqual(['0', '1', '2']);
  expect(randomBatch(3, 5, [4, 6])).toEqual(batch);
});
