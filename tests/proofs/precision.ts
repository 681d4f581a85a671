import { take } from 'rxjs';
import { batch } from '../../operators/flow/batch.ts';
import { cosFace } from '../../operators/margins/cosFace.ts';
import { classCentres } from '../../operators/net/centres.ts';
import type { Precision } from '../../operators/net/kernels/cast.ts';
import { createModel, type Architecture } from '../../operators/net/model.ts';
import { trainStep } from '../../operators/steps/trainStep.ts';
import type { Source } from '../../pipeline/contracts.ts';
import { graph } from '../../pipeline/graph.ts';
import type { Sample } from '../../pipeline/items.ts';
import { run } from '../../pipeline/run.ts';
import { workers } from '../../pipeline/workers.ts';
import { toEach } from '../../sinks/each.ts';

export interface Course {
  architecture: Architecture;
  batch: number;
  steps: number;
  /** Come to in even steps by step `warmup`. */
  lr: number;
  warmup: number;
  /** Of weights, batches and dropout. */
  seed: number;
}

/**
 * Losses of the first steps of a training in one precision: CosFace of s 32, m 0.35, flips, SGD of momentum 0.9 with gradients cut off
 * at 5. Equal calls but for the precision begin with the same weights and see the same batches and dropout.
 */
export async function lossesIn(
  precision: Precision,
  faces: Source<Sample>,
  { architecture, batch: count, steps, lr, warmup, seed }: Course,
  say: (line: string) => void = () => {},
): Promise<number[]> {
  await faces.open?.();
  const model = createModel(architecture, { seed, precision });
  const centres = classCentres({ dimension: architecture.embedding, classes: faces.classes!.length, seed });
  const step = trainStep({
    model,
    centres,
    margin: cosFace({ s: 32, m: 0.35 }),
    optimiser: { momentum: 0.9, weightDecay: 5e-4, decay: 'weights', clipNorm: 5 },
    schedule: (iteration) => lr * Math.min(1, (iteration + 1) / warmup),
  });
  const { size } = architecture;
  const losses: number[] = [];
  await run(
    graph('precision', { seed })
      .source('faces', faces, { epochs: Math.ceil((steps * count) / faces.length!) + 1, shuffle: 'full' })
      .pipe('prepare', workers('rxface/operators/prepare', { threads: 0, size, augment: { flip: 0.5 } }), {
        capacity: 2 * count + 32,
      })
      .pipe('batch', batch(count, { spend: true }), { capacity: 2 })
      .pipe('first', take(steps), { capacity: 1 })
      .pipe('step', step)
      .sink(
        'losses',
        toEach(({ loss, iteration }) => {
          losses.push(loss);
          say(`${precision}, step ${iteration}: loss ${loss.toFixed(3)}`);
        }),
      ),
  ).finally(() => {
    for (const owner of [step, centres, model]) owner.dispose();
  });
  return losses;
}

/** Means of every `count` values in a row. */
export function movingAverage(values: readonly number[], count: number): number[] {
  const windows = Array.from({ length: values.length - count + 1 }, (_, i) => values.slice(i, i + count));
  return windows.map((window) => window.reduce((sum, value) => sum + value, 0) / count);
}

/** How far the moving averages of some losses are from those of others at most, as a share of these. */
export function furthestApart(losses: readonly number[], from: readonly number[], window: number): number {
  const theirs = movingAverage(from, window);
  return Math.max(...movingAverage(losses, window).map((mean, i) => Math.abs(mean / theirs[i]! - 1)));
}
