import { map, tap } from 'rxjs';
import { expect, it } from 'vitest';
import { driven } from '../../../../pipeline/cli/bench/driven.ts';
import { randomBatch } from '../../../../pipeline/cli/bench/randomBatch.ts';
import type { Stage } from '../../../../pipeline/contracts.ts';
import type { Batch } from '../../../../pipeline/items.ts';

const label = { in: 'Batch', out: 'Batch', keeps: 'order, count', asks: 1, gives: 1, holds: 0 };
const stage = (work: (batch: Batch) => Batch, ended: () => void): Stage<Batch, Batch> =>
  Object.assign((source: Parameters<Stage<Batch, Batch>>[0]) => source.pipe(map(work), tap({ complete: ended })), {
    label,
  });

it('gives the stage the images at each step, completes it, and then closes', () => {
  const images = randomBatch(2, 4);
  const seen: unknown[] = [];
  const work = driven(
    stage(
      (batch) => (seen.push(batch), batch),
      () => seen.push('complete'),
    ),
    images,
    () => seen.push('closed'),
  );
  work.step();
  work.step();
  work.close();
  expect(seen).toEqual([images, images, 'complete', 'closed']);
});

it('throws what the stage failed with', () => {
  const work = driven(
    stage(
      () => {
        throw new Error('no such class');
      },
      () => {},
    ),
    randomBatch(2, 4),
    () => {},
  );
  expect(() => work.step()).toThrow('no such class');
});
