import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { memory } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { headTimes } from '../../../../pipeline/cli/bench/head.ts';
import { startEngine } from '../../../../pipeline/engine/load.ts';

const SMALL = { classes: 300, rate: 0.1, batch: 4, dimension: 8, steps: 1, rounds: 2, pairs: 3 };
const built = existsSync(
  join(dirname(createRequire(import.meta.url).resolve('rxface/package.json')), 'dist/pipeline/cli/main.js'),
);

it('measures one head alone, and lets go of it', async () => {
  await startEngine();
  const before = memory().numTensors;
  const told: string[] = [];
  const [result, ...rest] = await headTimes({ ...SMALL, alone: true }, { say: (line) => told.push(line), done() {} });
  expect(rest).toEqual([]);
  expect(result).toMatchObject({ benchmark: 'head', work: '300 people x 8, a sample of 0.1, batch 4', peers: [] });
  expect(result!.min).toBeGreaterThan(0);
  expect(result!.peakBytes).toBeGreaterThan(1e8);
  expect(told.filter((line) => line.startsWith('round'))).toHaveLength(2);
  const [dense] = await headTimes({ ...SMALL, rate: 1, alone: true }, { say() {}, done() {} });
  expect(dense!.work).toBe('300 people x 8, all, batch 4');
  expect(memory().numTensors).toBe(before);
});

it.skipIf(!built)(
  'takes turns with all of fewer people, each with the memory of a process of its own (needs the build)',
  async () => {
    const shown: string[] = [];
    const step = { model: 'ir10', batch: 2, classes: 4, precision: 'float32' } as const;
    const results = await headTimes(
      { ...SMALL, step },
      { say() {}, done: (some) => shown.push(...some.map(({ work }) => work)) },
    );
    expect(results.map(({ work, unit }) => [work, unit])).toEqual([
      ['300 people x 8, a sample of 0.1, batch 4', 'milliseconds a step'],
      ['30 people x 8, all, batch 4', 'milliseconds a step'],
      ['3 people x 8, all, batch 4', 'milliseconds a step'],
      ['AdaFace over CosFace, 3 pairs, of a step of ir10, batch 2', 'share of a step'],
    ]);
    expect(shown).toHaveLength(3);
    const [sampled, fewer] = results;
    expect(sampled!.peers.map(({ name }) => name)).toEqual(results.slice(1, 3).map(({ work }) => work));
    expect(sampled!.peers[0]!.median).toBe(fewer!.median);
    for (const { peakBytes } of results.slice(0, 3)) expect(peakBytes).toBeGreaterThan(1e8);
  },
);
