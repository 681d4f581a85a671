import { expect, it } from 'vitest';
import { rateIn, wholeTraining } from '../../../../pipeline/cli/bench/whole.ts';

it('trains as the command does, in turns with its bare step', async () => {
  const options = { model: 'ir10', batch: 4, precision: 'float32', steps: 5, threads: 0, rounds: 1 } as const;
  const result = await wholeTraining(options, () => {});
  expect(result.work).toBe('rxface train, ir10, batch 4, 3 classes, float32, augmented');
  expect(result.min).toBeGreaterThan(0);
  expect(result.peers.map(({ name }) => name)).toEqual(['the step alone']);
  expect(result.peers[0]!.ratio.pairs).toEqual([result.median / result.peers[0]!.median]);
});

it('counts from the end of the third step to the end of the last', () => {
  const step = (at: number): string => JSON.stringify({ images: 16, time: { at } });
  expect(rateIn(`${[0, 9000, 10_000, 12_000, 14_000].map(step).join('\n')}\n`)).toBe(8);
});
