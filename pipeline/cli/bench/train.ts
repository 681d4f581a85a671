import { architecture, classCentres, cosFace, createModel, trainStep } from 'rxface/operators';
import type { Benchmark, BenchOptions } from './benchmark.ts';
import { driven } from './driven.ts';
import { randomBatch } from './randomBatch.ts';

/**
 * A training step: forward with dropout 0.4, CosFace m 0.35 s 64, backward, SGD with momentum 0.9 and weight decay 5e-4,
 * on random decoded 112x112 images.
 */
export function open({ model: name, batch, classes, precision, recompute = false }: BenchOptions): Benchmark {
  const model = createModel(architecture(name, { dropout: 0.4 }), { seed: 0, precision, recompute });
  const centres = classCentres({ dimension: model.architecture.embedding, classes, seed: 0 });
  const step = trainStep({
    model,
    centres,
    margin: cosFace({ s: 64, m: 0.35 }),
    optimiser: { momentum: 0.9, weightDecay: 5e-4, decay: 'all' },
    schedule: () => 0.01,
  });
  return driven(step, randomBatch(batch, classes), () => {
    for (const owner of [step, centres, model]) owner.dispose();
  });
}
