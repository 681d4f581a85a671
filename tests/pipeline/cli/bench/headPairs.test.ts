import { memory } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { adaFaceOverCosFace, meanOf } from '../../../../pipeline/cli/bench/headPairs.ts';
import { startEngine } from '../../../../pipeline/engine/load.ts';

it('gives a mean its 95 % interval', () => {
  const { value, low, high } = meanOf([1, 2, 3, 4]);
  expect(value).toBe(2.5);
  const half = (1.96 * Math.sqrt(5 / 3)) / 2;
  expect([low, high].map((x) => x - 2.5)).toEqual([expect.closeTo(-half, 10), expect.closeTo(half, 10)]);
});

it('is of as many pairs as it is told, a share of a step, and leaves nothing', async () => {
  await startEngine();
  const before = memory().numTensors;
  const step = { model: 'ir10', batch: 2, classes: 4, precision: 'float32' } as const;
  const said: string[] = [];
  const { mean, min, max, work } = adaFaceOverCosFace({ pairs: 4, steps: 1, step }, (line) => said.push(line));
  expect(work).toContain('4 pairs');
  expect(mean!.value).toBeGreaterThanOrEqual(min);
  expect(mean!.value).toBeLessThanOrEqual(max);
  expect(Math.abs(mean!.value)).toBeLessThan(1);
  expect(said[0]).toMatch(/^a step of ir10 takes \d+ ms, AdaFace -?[\d.]+ ms more than CosFace$/);
  expect(memory().numTensors).toBe(before);
});
