import { memory } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { startEngine } from '../../../pipeline/engine/load.ts';
import { measureSpeed } from '../../../pipeline/engine/speed.ts';

it('measures for as long as it is told and leaves no tensor', async () => {
  await startEngine();
  const before = memory().numTensors;
  const begin = performance.now();
  expect(measureSpeed(0.1)).toBeGreaterThan(0);
  expect(performance.now() - begin).toBeGreaterThan(100);
  expect(memory().numTensors).toBe(before);
});
