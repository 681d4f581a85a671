import { memory } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { mineTimes, openMining } from '../../../../pipeline/cli/bench/mine.ts';
import { startEngine } from '../../../../pipeline/engine/load.ts';

it('mines over and over, and leaves nothing', async () => {
  await startEngine();
  const before = memory().numTensors;
  const work = openMining({ model: 'ir10', batch: 16, pool: 64, mode: 'argmaxDedup' });
  work.step();
  const after = memory().numTensors;
  work.step();
  expect(memory().numTensors).toBe(after);
  work.close();
  expect(memory().numTensors).toBe(before);
});

it('says what share of a step it is', async () => {
  const told: string[] = [];
  const options = { model: 'ir10', batch: 2, pool: 40, mode: 'random', precision: 'float32', rounds: 3 } as const;
  const { min, max, peers } = await mineTimes(options, (line) => told.push(line));
  expect(told.filter((line) => /^round \d: step \d+ ms, mining/.test(line))).toHaveLength(3);
  const [{ ratio, ...step }] = peers as [(typeof peers)[0]];
  expect(ratio.min).toBeGreaterThan(0);
  expect(ratio.min).toBeGreaterThanOrEqual(min / step.max);
  expect(ratio.max).toBeLessThanOrEqual(max / step.min);
});
