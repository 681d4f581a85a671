import { memory } from '@tensorflow/tfjs-core';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { demoCommand } from '../../../pipeline/cli/demo.ts';
import { freshFolder } from '../../fixtures/checkpoint.ts';
import { commandLine } from '../../fixtures/commandLine.ts';

const SMALL = ['--people', '10', '--size', '16', '--epochs', '1', '--json'];

it('draws, trains and verifies, leaves a run folder with its report, and finds the faces the second time', async () => {
  const run = join(freshFolder(), 'runs', 'demo');
  const first = await commandLine(demoCommand, 'demo', ...SMALL, '--run', run);
  expect(first.err.join('\n')).toContain('160 of 10 people to train on, 160 of 10 others to verify on, written in');
  expect(first.out).toHaveLength(1);
  const { untrained, trained, imagesPerSecond, ...rest } = JSON.parse(first.out[0]!);
  expect(rest).toMatchObject({ run, people: 10, images: 160, reducedTo: 3, report: join(run, 'report.html') });
  expect(rest.unseen).toEqual({ people: 10, images: 160, pairs: 2400 });
  for (const rate of [untrained.accuracy, untrained.degraded, trained.accuracy, trained.degraded]) {
    expect(rate).toBeGreaterThan(0.4);
    expect(rate).toBeLessThanOrEqual(1);
  }
  expect(imagesPerSecond).toBeGreaterThan(0);
  const report = readFileSync(join(run, 'report.html'), 'utf8');
  expect(report).toContain('<td>unseen-3px</td>');
  expect(report.match(/data:image\/png/g)).toHaveLength(2);

  const tensors = memory().numTensors;
  const second = await commandLine(demoCommand, 'demo', ...SMALL, '--run', `${run}-2`);
  expect(second.err.join('\n')).toContain('found in');
  expect(JSON.parse(second.out[0]!)).toMatchObject({ untrained, trained });
  expect(memory().numTensors).toBe(tensors);
  // What it left is a run like any other, and its config a config.
  expect(existsSync(join(run, 'demo.yaml')) && existsSync(join(run, 'checkpoints'))).toBe(true);
  const third = await commandLine(demoCommand, 'demo', ...SMALL, '--run', run);
  expect([third.code, third.err.at(-1)]).toEqual([2, expect.stringContaining('--run must be a folder without a run')]);
}, 120_000);

it('refuses sizes that the network does not have, and data that is not there', async () => {
  const odd = await commandLine(demoCommand, 'demo', '--size', '50');
  expect([odd.code, odd.err.at(-1)]).toEqual([2, expect.stringContaining('--size must be a multiple of 16')]);
  const none = await commandLine(demoCommand, 'demo', '--data', '/no/faces', '--run', join(freshFolder(), 'run'));
  expect([none.code, none.err.at(-1)]).toEqual([1, expect.stringContaining('/no/faces')]);
});
