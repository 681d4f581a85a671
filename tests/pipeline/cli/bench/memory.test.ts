import { expect, it } from 'vitest';
import { memoryOfStep } from '../../../../pipeline/cli/bench/memory.ts';
import { standIn } from '../../../fixtures/standIn.ts';

const small = { model: 'ir10', batch: 2, classes: 4, precision: 'float32', steps: 1, rounds: 1 } as const;

it('lets a fresh process train, and one of the peer in each layout', async () => {
  const peer = standIn('Peer 1', '"seconds": 1, "images": 2, "peakBytes": 1000000000');
  const result = await memoryOfStep({ ...small, recompute: true, peer }, () => {});
  expect(result).toMatchObject({
    benchmark: 'memory',
    work: 'train ir10, batch 2, 4 classes, float32, recomputing',
    unit: 'peak resident MB',
  });
  // Of a process that runs an engine, and not of this one, which runs the tests.
  expect(result.median).toBeGreaterThan(100);
  expect(result.median).toBeLessThan(3000);
  expect(result.peers.map(({ name, median }) => [name, median])).toEqual([
    ['PyTorch, channels_last', 1000],
    ['PyTorch, contiguous', 1000],
  ]);
  expect(result.peers[0]!.ratio.median).toBeCloseTo(result.median / 1000, 10);
});

it('says why a process that should train did not', async () => {
  const broken = memoryOfStep({ ...small, model: 'ir9' as 'ir10', peer: false }, () => {});
  await expect(broken).rejects.toThrow(
    'bench: the process of bench train ended with 2: rxface: bench: --model must be one',
  );
});
