import { addN, scalar, square, sqrt, sum, type Scalar } from '@tensorflow/tfjs-core';
import { createScope } from '../net/scope.ts';
import { freshen } from './freshen.ts';
import { newcomers, type MetaSettings } from './metaSettings.ts';
import type { MetaInput } from './metaTypes.ts';
import type { StepNumbers } from './readback.ts';
import type { UpdatePoint } from './stepStage.ts';
import { lessonOf, teach } from './teach.ts';
import type { Trained } from './trainingState.ts';

/**
 * One iteration of the warm-up: the network stands still, and the variations' classifiers learn from its embeddings.
 *
 * In plain words: who is to judge the network first has to know it. Embeddings are made with the batch's statistics and dropout, as the
 * classifiers will see them afterwards; no statistic moves.
 *
 * @return as a training step's, the loss being the sum of the classifiers'
 */
export function warmUp(
  { model }: Trained,
  settings: MetaSettings,
  [batch, candidates]: MetaInput,
  at: UpdatePoint,
): StepNumbers {
  return freshen(settings.pool, () => {
    const mode = { train: true, updateStats: false, step: at.iteration, seed: at.seed };
    const x = model.normalise(batch.pixels, batch.labels.length, batch.size);
    const embedding = model.forward(x, mode, createScope({ keeps: false }));
    const fresh = newcomers(model, settings, candidates);
    const losses = teach(settings.classifiers, [lessonOf(batch, embedding), fresh.lesson]);
    const all = Object.values(losses);
    return {
      loss: all.length > 0 ? (addN(all) as Scalar) : scalar(0),
      scalars: losses,
      columns: { norm: sqrt(sum(square(embedding), 1)) },
      ...(fresh.candidates && { candidates: fresh.candidates }),
    };
  });
}
