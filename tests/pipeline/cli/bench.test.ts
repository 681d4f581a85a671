import { expect, it } from 'vitest';
import { benchCommand } from '../../../pipeline/cli/bench.ts';
import { commandLine } from '../../fixtures/commandLine.ts';
import { standIn } from '../../fixtures/standIn.ts';

let out = '';
let err = '';

async function rxface(...args: string[]): Promise<number> {
  const ended = await commandLine(benchCommand, 'bench', ...args);
  [out, err] = [ended.out.join('\n'), ended.err.join('\n')];
  return ended.code;
}
const SMALL = ['--model', 'ir10', '--batch', '2', '--classes', '4', '--steps', '1', '--rounds', '2'];

it('prints machine and results as one JSON object', async () => {
  expect(await rxface('train', ...SMALL, '--recompute', '--no-peer', '--json')).toBe(0);
  const { machine, results } = JSON.parse(out);
  expect(machine.node).toBe(process.versions.node);
  expect(results).toHaveLength(1);
  const [{ median, min, max, peakBytes, ...rest }] = results;
  const work = 'ir10, batch 2, 4 classes, float32, recomputing';
  expect(rest).toEqual({ benchmark: 'train', work, unit: 'images a second', peers: [] });
  expect(min).toBeGreaterThan(0);
  expect(median).toBeGreaterThanOrEqual(min);
  expect(max).toBeGreaterThanOrEqual(median);
  expect(peakBytes).toBeGreaterThan(0);
});

it('takes turns with a peer, round by round', async () => {
  expect(await rxface('embed', ...SMALL, '--peer', standIn('Peer 1', '"seconds": 2, "images": 2'))).toBe(0);
  expect(out).toContain('Peer 1');
  expect(out).toMatch(/by pair [\d.]+ [\d.]+/);
  expect(out).toContain(`Node ${process.versions.node}`);
  expect(err).toContain('round 2');
});

it('says what a link costs, beside others', async () => {
  expect(await rxface('links', '--items', '200', '--rounds', '1')).toBe(0);
  expect(out).toMatch(/rxface, links of 16 +[\d.]+ \([\d.]+ to [\d.]+\)/);
  expect(out).toContain('RxJS alone, map behind map (bounds nothing)');
  expect(await rxface('links', '--items', '200', '--rounds', '1', '--json')).toBe(0);
  expect(JSON.parse(out).results).toHaveLength(6);
});

it('measures augmentations', async () => {
  expect(await rxface('augment', '--images', '2', '--rounds', '1', '--json')).toBe(0);
  expect(JSON.parse(out).results.map(({ work }: { work: string }) => work)).toContain('flip');
});

it('says what mining is of a step', async () => {
  const small = ['--batch', '4', '--pool', '64', '--rounds', '1'];
  expect(await rxface('mine', ...small)).toBe(0);
  expect(out).toMatch(
    /^mine: milliseconds.*\nmining .*, ir10, batch 4, pool of 64 +[\d.]+ .*\n  its training step.*\n  ratio +[\d.]+ /,
  );
  expect(await rxface('mine', ...small, '--mode', 'random', '--json')).toBe(0);
  expect(JSON.parse(out).results[0].peers[0].ratio.median).toBeGreaterThan(0);
});

it('times meta steps beside a plain one', async () => {
  const small = ['--batch', '16', '--classes', '8', '--pool', '20', '--rounds', '1'];
  expect(await rxface('meta', ...small)).toBe(0);
  expect(out).toMatch(
    /^meta: seconds a step.*\nMvCoM, S3, ir10, batch 16, float32 +[\d.]+ .*\n  CosFace .*\n  ratio .*\nMvCoM, S6/,
  );
  expect(await rxface('meta', ...small, '--precision', 'bfloat16', '--json')).toBe(0);
  expect(JSON.parse(out).results.map(({ work }: { work: string }) => work.split(', ')[1])).toEqual(['S3']);
});

it.each([
  [['meta', '--batch', '8'], 'must be a whole number of at least 16'],
  [['mine', '--mode', 'best'], 'bench: --mode must be one of argmaxDedup, meanTopK, maxMin, random, literal'],
  [['sleep'], "unknown command 'sleep'"],
  [['train', '--batch', '1'], 'must be a whole number of at least 2'],
  [['train', '--model', 'ir9'], "bench: --model must be one of ir10, ir18, ir34, ir50, ir101, received 'ir9'"],
  [['whole', '--model', 'ir9'], "bench: --model must be one of ir10, ir18, ir34, ir50, ir101, received 'ir9'"],
  [
    ['embed', '--model', 'a.onnx', '--precision', 'bfloat16'],
    "bench: --precision must be one of float32, received 'bfloat16'",
  ],
  [
    ['embed', '--model', 'ir10', '--input', 'rgb:0..1'],
    'bench: --input must be left out for a network that is not an .onnx file',
  ],
  [['train', '--precision', 'float8'], "bench: --precision must be one of float32, bfloat16, received 'float8'"],
])('refuses %s', async (args, message) => {
  expect(await rxface(...args)).toBe(2);
  expect(err).toContain(message);
});
