import { memory } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { metaTimes, openMeta, SCHEDULES } from '../../../../pipeline/cli/bench/meta.ts';
import { startEngine } from '../../../../pipeline/engine/load.ts';

const small = { model: 'ir10', batch: 16, classes: 20, pool: 40, precision: 'float32', rounds: 2 } as const;

it('takes meta steps over and over, and leaves nothing', async () => {
  await startEngine();
  const before = memory().numTensors;
  const work = openMeta(small, SCHEDULES.S6);
  work.step();
  const after = memory().numTensors;
  work.step();
  expect(memory().numTensors).toBe(after);
  work.close();
  expect(memory().numTensors).toBe(before);
});

it('says what they cost beside a plain step', async () => {
  const told: string[] = [];
  const results = await metaTimes(small, (line) => told.push(line));
  expect(told.filter((line) => /^round \d: CosFace [\d.]+ s, S3 [\d.]+ s, S6 [\d.]+ s$/.test(line))).toHaveLength(2);
  expect(results.map(({ work }) => work.split(', ')[1])).toEqual(['S3', 'S6']);
  for (const { max, peers } of results) expect(peers[0]!.ratio.max).toBeLessThanOrEqual(max / peers[0]!.min);
});
