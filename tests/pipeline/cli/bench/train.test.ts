import { memory } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { open } from '../../../../pipeline/cli/bench/train.ts';
import { startEngine } from '../../../../pipeline/engine/load.ts';

it('does its work over and over, and leaves nothing', async () => {
  await startEngine();
  const before = memory().numTensors;
  const work = open({ model: 'ir10', batch: 2, classes: 4, precision: 'float32' });
  work.step();
  const after = memory().numTensors;
  work.step();
  expect(memory().numTensors).toBe(after);
  work.close();
  expect(memory().numTensors).toBe(before);
});
