import { expandDims, mul, type Scalar, type Tensor1D, type Tensor2D } from '@tensorflow/tfjs-core';
import { bentHead, meanLoss, type BentHead } from '../margins/bentHead.ts';
import { CENTRES } from '../net/centres.ts';
import type { Grads } from '../net/layer.ts';
import { createScope } from '../net/scope.ts';
import { freshen } from './freshen.ts';
import { learnWeights, weighed, type Learned } from './learnWeights.ts';
import { newcomers, termsOf, type MetaSettings } from './metaSettings.ts';
import type { MetaBatch, MetaInput } from './metaTypes.ts';
import { columnsOf, type StepNumbers, type StepTensors } from './readback.ts';
import { realStep } from './realStep.ts';
import { residualFigures } from './residualFigures.ts';
import { qualityOf, type UpdatePoint } from './stepStage.ts';
import { lessonOf, teach } from './teach.ts';
import type { Trained } from './trainingState.ts';

/** Whether an iteration learns residuals, and whether each variation's part of them is wanted. */
export interface MetaTurn {
  learns: boolean;
  apart: boolean;
}

/**
 * One iteration of the meta phase (schedule S3): one forward of the batch serves the pseudo step, the tangent and the real step.
 *
 * In plain words: forward; try the step the batch asks for; ask the meta batch; give each sample its say; take the real step.
 */
export function metaUpdate(
  trained: Trained,
  settings: MetaSettings,
  [batch, candidates]: MetaInput,
  at: UpdatePoint,
  turn: MetaTurn,
): StepNumbers {
  const { model, centres, margin } = trained;
  const { hypergrad, classifiers } = settings;
  const { labels } = batch;
  const numbers = freshen(settings.pool, () => {
    const scope = createScope({ keeps: true });
    const mode = { train: true, updateStats: true, step: at.iteration, seed: at.seed };
    const x = model.normalise(batch.pixels, labels.length, batch.size);
    const again = turn.learns && hypergrad !== 'jvp' ? x.clone() : undefined;
    const embedding = model.forward(x, mode, scope);
    const quality = qualityOf(batch, margin);
    const bent = bentHead({ embedding, kernel: centres.params[CENTRES], labels, margin, ...(quality && { quality }) });
    const own = bent.byEmbedding(1, false);

    let learned: Learned | undefined;
    let meta: MetaBatch | undefined;
    if (turn.learns && hypergrad !== 'none') {
      meta = settings.mine({ embeddings: embedding, seed: at.seed, iteration: at.iteration });
      const terms = termsOf(settings, meta);
      if (terms.length > 0) {
        const forwarded = { model, mode, scope, embedding, ...(again && { x: again }) };
        const metaX = model.normalise(meta.pixels, meta.slots.length, meta.size);
        const judged = { forwarded, bent, own, x: metaX, terms, learningRate: at.learningRate, apart: turn.apart };
        learned = learnWeights(trained, { ...settings, hypergrad }, judged);
      }
    }

    const counts = learned?.outcome.weight ?? bent.weight;
    const share = 1 / labels.length;
    const rows = counts ? (expandDims(mul(counts, share), 1) as Tensor2D) : share;
    const grads: Grads = { [CENTRES]: bent.byKernel(rows) };
    model.backward(weighed(own, rows, bent), scope, grads, false);
    const { gradientNorm } = realStep(trained, grads, scope, at.learningRate);

    const fresh = newcomers(model, settings, candidates);
    const taught = teach(classifiers, [lessonOf(batch, embedding), fresh.lesson]);
    return {
      ...tensorsOf(bent, learned),
      scalars: { ...(gradientNorm && { gradientNorm }), ...metaScalars(learned), ...taught },
      ...(learned && { mined: { slots: meta!.slots, embeddings: learned.embedding } }),
      ...(fresh.candidates && { candidates: fresh.candidates }),
    };
  });
  const { residual } = numbers.columns;
  if (!residual) return numbers;
  return { ...numbers, figures: { ...numbers.figures, ...residualFigures(residual, batch.variation) } };
}

/** The loss that the real step takes, and what is reported of each sample as that step sees it. */
function tensorsOf(bent: BentHead, learned: Learned | undefined): Pick<StepTensors, 'loss' | 'columns'> {
  if (!learned) return { loss: meanLoss(bent), columns: columnsOf(bent) };
  const { outcome, parts } = learned;
  const { loss: losses, residual, probability, margin, weight } = outcome;
  const { extraLoss } = bent;
  const gradientScale: Tensor1D = mul(bent.gradientScale, weight);
  return {
    loss: meanLoss({ losses, ...(extraLoss && { extraLoss }) }),
    columns: {
      ...columnsOf({ ...bent, probability, margin, gradientScale }),
      residual,
      ...Object.fromEntries(Object.entries(parts).map(([factor, part]) => [`residual.${factor}`, part])),
    },
  };
}

/** 'meta.loss' and by variation, before the real step, and the change of it that the residuals promise. */
function metaScalars(learned: Learned | undefined): Record<string, Scalar> {
  if (!learned) return {};
  const { loss, losses, outcome } = learned;
  return {
    'meta.loss': loss,
    ...Object.fromEntries(Object.entries(losses).map(([factor, one]) => [`meta.loss.${factor}`, one])),
    'meta.predicted': outcome.predicted,
  };
}
