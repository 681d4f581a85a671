import { expect, test } from 'vitest';
import { hashKey, keyedRandom } from '../../../operators/maths/keyedRandom.ts';

const draw = (random: () => number, count: number): number[] => Array.from({ length: count }, random);

test('the same key gives the same numbers, whatever was drawn in between', () => {
  const first = draw(keyedRandom(7, 'flip', 3, 12), 9);
  draw(keyedRandom(7, 'flip', 3, 13), 5);
  expect(draw(keyedRandom(7, 'flip', 3, 12), 9)).toEqual(first);
});

test('every part of the key matters, the high half of the seed too', () => {
  const keys: [number, string, number, number][] = [
    [7, 'flip', 3, 12],
    [8, 'flip', 3, 12],
    [7 + 2 ** 32, 'flip', 3, 12],
    [7, 'crop', 3, 12],
    [7, 'flip', 4, 12],
    [7, 'flip', 3, 13],
    [7, 'flip', 12, 3],
  ];
  const hashes = keys.map((key) => hashKey(...key));
  expect(new Set(hashes).size).toBe(keys.length);
  keys.forEach((key, i) => expect(keyedRandom(...key)()).toBe(hashes[i]! / 2 ** 32));
});

test('neighbouring positions are uniform and uncorrelated', () => {
  const count = 20_000;
  const values = Array.from({ length: count }, (_, i) => keyedRandom(1, 'flip', 0, i)());
  const buckets = new Array<number>(16).fill(0);
  for (const value of values) buckets[Math.floor(value * 16)]!++;
  const expected = count / 16;
  const chiSquare = buckets.reduce((sum, seen) => sum + (seen - expected) ** 2 / expected, 0);
  expect(chiSquare).toBeLessThan(37.7); // 15 degrees of freedom, 0.1 %
  let covariance = 0;
  for (let i = 1; i < count; i++) covariance += (values[i]! - 0.5) * (values[i - 1]! - 0.5);
  expect(Math.abs((covariance * 12) / count)).toBeLessThan(4 / Math.sqrt(count));
});

test('draws of one key are in [0, 1) with the mean of a uniform', () => {
  const values = draw(keyedRandom(3, 'dropout', 1, 0), 50_000);
  expect(values.every((value) => value >= 0 && value < 1)).toBe(true);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  expect(Math.abs(mean - 0.5)).toBeLessThan(0.006);
});
