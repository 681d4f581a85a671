import { chmodSync } from 'node:fs';
import { expect, it } from 'vitest';
import { benchCommand } from '../../../pipeline/cli/bench.ts';
import { commandLine } from '../../fixtures/commandLine.ts';
import { folder, put } from '../../fixtures/archives.ts';

let out = '';
let err = '';

async function rxface(...args: string[]): Promise<number> {
  const ended = await commandLine(benchCommand, 'bench', ...args);
  [out, err] = [ended.out.join('\n'), ended.err.join('\n')];
  return ended.code;
}
const SMALL = ['--model', 'ir10', '--batch', '2', '--classes', '4', '--steps', '1', '--rounds', '2'];

it('prints images a second as one JSON object', async () => {
  expect(await rxface('train', ...SMALL, '--no-peer', '--json')).toBe(0);
  const { imagesPerSecond, ...rest } = JSON.parse(out);
  expect(rest).toMatchObject({ benchmark: 'train', model: 'ir10', batch: 2, precision: 'float32' });
  expect(rest).not.toHaveProperty('peer');
  expect(imagesPerSecond.min).toBeGreaterThan(0);
  expect(imagesPerSecond.median).toBeGreaterThanOrEqual(imagesPerSecond.min);
  expect(imagesPerSecond.max).toBeGreaterThanOrEqual(imagesPerSecond.median);
});

it('takes turns with a peer, round by round', async () => {
  const here = folder();
  put(here, {
    python: `#!/bin/sh\necho '{"ready": "Peer 1"}'\nwhile read n; do echo '{"seconds": 2, "images": 2}'; done\n`,
  });
  chmodSync(`${here}/python`, 0o755);
  expect(await rxface('embed', ...SMALL, '--peer', `${here}/python`)).toBe(0);
  expect(out).toContain('Peer 1');
  expect(out).toMatch(/by round: [\d.]+, [\d.]+/);
  expect(err).toContain('round 2');
});

it('says what a link costs, beside others', async () => {
  expect(await rxface('links', '--items', '200', '--rounds', '1')).toBe(0);
  expect(out).toMatch(/rxface, links of 16 +\d+ \(\d+ to \d+\)/);
  expect(out).toContain('RxJS alone, map behind map (bounds nothing)');
  expect(await rxface('links', '--items', '200', '--rounds', '1', '--json')).toBe(0);
  expect(JSON.parse(out).ways).toHaveLength(6);
});

it('says what mining is of a step', async () => {
  const small = ['--batch', '4', '--pool', '64', '--rounds', '1'];
  expect(await rxface('mine', ...small)).toBe(0);
  expect(out).toMatch(/ir10, batch 4, pool of 64: .*\nmining +[\d.]+ .*\nstep +\d+ .*\nshare +[\d.]+ /);
  expect(await rxface('mine', ...small, '--mode', 'random', '--json')).toBe(0);
  expect(JSON.parse(out).share.median).toBeGreaterThan(0);
});

it('times meta steps beside a plain one', async () => {
  const small = ['--batch', '16', '--classes', '8', '--pool', '20', '--rounds', '1'];
  expect(await rxface('meta', ...small)).toBe(0);
  expect(out).toMatch(
    /ir10, batch 16, float32: .*\nCosFace +[\d.]+ .*\nS3 +[\d.]+ .*\nS6 .*\nS3 over CosFace +[\d.]+ /,
  );
  expect(await rxface('meta', ...small, '--precision', 'bfloat16', '--json')).toBe(0);
  expect(Object.keys(JSON.parse(out).ratio)).toEqual(['S3']);
});

it.each([
  [['meta', '--batch', '8'], 'must be a whole number of at least 16'],
  [['mine', '--mode', 'best'], 'bench: --mode must be one of argmaxDedup, meanTopK, maxMin, random, literal'],
  [['sleep'], "unknown command 'sleep'"],
  [['train', '--batch', '1'], 'must be a whole number of at least 2'],
  [['train', '--model', 'ir9'], "bench: --model must be one of ir10, ir18, ir34, ir50, ir101, received 'ir9'"],
  [['train', '--precision', 'float8'], "bench: --precision must be one of float32, bfloat16, received 'float8'"],
])('refuses %s', async (args, message) => {
  expect(await rxface(...args)).toBe(2);
  expect(err).toContain(message);
});
