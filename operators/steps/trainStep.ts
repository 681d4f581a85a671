import { tidy, type Tensor2D } from '@tensorflow/tfjs-core';
import type { Batch } from '../../pipeline/items.ts';
import { head, type HeadInput } from '../margins/head.ts';
import { CENTRES, type Centres } from '../net/centres.ts';
import type { Grads } from '../net/layer.ts';
import { createScope } from '../net/scope.ts';
import type { RowGroup } from './descendRows.ts';
import { columnsOf, readStep, type StepNumbers } from './readback.ts';
import { realStep } from './realStep.ts';
import { sgd } from './sgd.ts';
import { qualityOf, stepStage, type StepOptions, type TrainStep, type UpdatePoint } from './stepStage.ts';
import type { Trained } from './trainingState.ts';

export type { TrainStep };
export type TrainStepOptions = StepOptions;

/**
 * One update of the network for each batch: forward, head, backward, descent.
 *
 * In plain words: shows the network a batch, moves every weight a little towards recognising it, and reports how it went.
 *
 *     [batch] ------------ [batch] ---------- |
 *     trainStep({ ... })
 *     {iteration 1, loss 14.2} {iteration 2, loss 13.9} |
 *
 * ```ts
 * from(batches)
 *   .pipe(trainStep({ model, centres, margin: cosFace({ s: 32, m: 0.35 }), schedule: () => 0.1 }))
 *   .subscribe(({ iteration, loss }) => console.log(iteration, loss));
 * ```
 *
 * It is synchronous and holds nothing between batches but the model's, the centres' and the margin's own tensors and the momentum.
 * The loss and all figures are one readback, after the update has been sent. Running statistics are swapped in after the update.
 * In a plain pipe nothing bounds what piles up before it; in a graph the link does.
 *
 * @return One item per batch, in order. Figures: normMean, normStd (ddof 1), cosineMean, and gradientNorm (before clipping) where
 * `clipNorm` is set. Errors with StageError where the loss or a figure is not a finite number or a label is no class of the centres.
 * @throws OptionError where the centres are not of the model's dimension
 */
export function trainStep(options: TrainStepOptions): TrainStep {
  const { model, centres, margin } = options;
  const trained: Trained = { model, centres, margin, optimiser: sgd(options.optimiser) };
  const update = (batch: Batch, at: UpdatePoint): StepNumbers => trainOnce(trained, batch, at);
  return stepStage({ name: 'trainStep', takes: 'Batch', batchOf: (batch: Batch) => batch, update }, trained, options);
}

/** One plain update. Everything but what is trained is gone when it returns, also when it throws. */
function trainOnce(trained: Trained, batch: Batch, { learningRate, iteration, seed }: UpdatePoint): StepNumbers {
  const { model, centres, margin } = trained;
  let numbers: StepNumbers | undefined;
  // Given out past the tidy: it would walk through every number it returns.
  tidy(() => {
    const { labels } = batch;
    const scope = createScope({ keeps: true });
    const mode = { train: true, updateStats: true, step: iteration, seed };
    const embedding = model.forward(model.normalise(batch.pixels, labels.length, batch.size), mode, scope);
    const quality = qualityOf(batch, margin);
    const part = partOf(centres, labels, { seed, step: iteration });
    const out = head({ embedding, margin, ...part.given, ...(quality && { quality }) });
    embedding.dispose();

    const grads: Grads = { [CENTRES]: out.dKernel };
    model.backward(out.dEmbedding, scope, grads, false);
    const { gradientNorm } = realStep(trained, part.moved(out.along), grads, scope, learningRate);
    numbers = readStep({
      loss: out.loss,
      ...(gradientNorm && { scalars: { gradientNorm } }),
      columns: columnsOf(out),
    });
  });
  return numbers!;
}

/** The centres that take part in a step, as the head has them and as the optimiser does. */
function partOf(
  centres: Trained['centres'],
  labels: Int32Array,
  key: { seed: number; step: number },
): { given: Pick<HeadInput, 'kernel' | 'layout' | 'labels'>; moved: (along?: Tensor2D) => Centres | RowGroup } {
  if ('params' in centres) return { given: { kernel: centres.params[CENTRES], labels }, moved: () => centres };
  const given = centres.take(labels, key);
  return { given, moved: (along) => ({ name: CENTRES, role: 'weight', ...given, rows: given.kernel, along }) };
}
