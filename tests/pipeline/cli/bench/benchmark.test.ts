import { beforeAll, describe, expect, it } from 'vitest';
import { measure, peerArguments, workText, type MeasureOptions } from '../../../../pipeline/cli/bench/benchmark.ts';
import { startEngine } from '../../../../pipeline/engine/load.ts';
import { standIn } from '../../../fixtures/standIn.ts';

const small = { model: 'ir10', batch: 2, classes: 4, steps: 1, rounds: 1 } as const;
const measured = (options: Partial<MeasureOptions>, name: 'train' | 'embed' = 'train') =>
  measure(name, { ...small, precision: 'float32', peer: false, ...options }, () => {});

describe('a benchmark of the network', () => {
  let native = true;
  beforeAll(async () => {
    native = (await startEngine()).backend === 'native';
  });

  it('says what every op of a step takes, which is at most the step', async ({ skip }) => {
    if (!native) skip('needs the native engine');
    const { ops } = await measured({ profile: true });
    // Twelve convolutions, each with its two gradients; nobody wants the first one's by the pixels.
    const convolutions = ops!.filter(({ op }) => /conv/i.test(op));
    expect(convolutions.reduce((sum, { calls }) => sum + calls, 0)).toBe(12 + 12 + 11);
    expect(ops!.at(-1)!.op).toBe('JavaScript');
    expect(ops!.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 10);
    for (const { milliseconds } of ops!) expect(milliseconds).toBeGreaterThanOrEqual(0);
  });

  it('holds itself to PyTorch in both of its layouts in float32', async () => {
    const { peers, peakBytes } = await measured({ peer: standIn('Peer $*', '"seconds": 2, "images": 2') }, 'embed');
    expect(peers.map(({ name }) => /--work embed .*--layout (\w+)$/.exec(name)?.[1])).toEqual([
      'channels_last',
      'contiguous',
    ]);
    for (const { median } of peers) expect(median).toBe(1);
    expect(peakBytes).toBeGreaterThan(1e8);
  });
});

it('names its work', () => {
  const options = { ...small, classes: 1000, precision: 'bfloat16', recompute: true } as const;
  expect(workText('train', options)).toBe('ir10, batch 2, 1,000 classes, bfloat16, recomputing');
  expect(workText('embed', { ...options, recompute: false })).toBe('ir10, batch 2, bfloat16');
  expect(peerArguments('train', options, { layout: 'contiguous' }).join(' ')).toMatch(
    /^--work train --model ir10 --batch 2 --classes 1000 --precision bfloat16 --threads \d+ --warmup 2 --layout contiguous$/,
  );
});
