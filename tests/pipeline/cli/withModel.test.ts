import { memory } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { withModel } from '../../../pipeline/cli/withModel.ts';
import { startEngine } from '../../../pipeline/engine/load.ts';

it.each(['does not throw', 'throws'])('disposes the model, whether the work %s', async (how) => {
  await startEngine();
  const before = memory().numTensors;
  const work = async (): Promise<void> => {
    expect(memory().numTensors).toBeGreaterThan(before);
    if (how === 'throws') throw new Error('of the work');
  };
  const done = withModel({ model: 'untrained:ir10' }, new AbortController().signal, work);
  await (how === 'throws' ? expect(done).rejects.toThrow('of the work') : done);
  expect(memory().numTensors).toBe(before);
});
