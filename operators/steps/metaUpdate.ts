import { mul, type Scalar, type Tensor1D, type Tensor2D } from '@tensorflow/tfjs-core';
import type { Batch, Factor, Sample } from '../../pipeline/items.ts';
import { bentHead, meanLoss, rowsOf, type BentHead } from '../margins/bentHead.ts';
import type { MetaPool } from '../mining/metaPool.ts';
import { mine, type MetaBatch, type MineOptions } from '../mining/mine.ts';
import { CENTRES, type Centres } from '../net/centres.ts';
import type { Grads } from '../net/layer.ts';
import { createScope } from '../net/scope.ts';
import type { VariationClassifier } from '../variation/classifier.ts';
import { teach } from '../variation/teach.ts';
import { freshen } from './freshen.ts';
import type { Hypergrad } from './hypergradient.ts';
import { learnWeights, weighed, type Learned, type Learning } from './learnWeights.ts';
import type { MetaTerm } from './metaLoss.ts';
import { newcomers, type Lesson } from './newcomers.ts';
import { columnsOf, type StepNumbers, type StepTensors } from './readback.ts';
import { realStep } from './realStep.ts';
import { residualFigures } from './residualFigures.ts';
import { qualityOf, type UpdatePoint } from './stepStage.ts';
import type { Trained } from './trainingState.ts';

/** What a meta step takes: a batch of the training set, and as many prepared faces of the held-out one as the graph's join brings. */
export type MetaInput = readonly [batch: Batch, candidates: readonly Sample[]];

/** What the updates of a meta step are told once. */
export interface MetaSettings extends Omit<Learning, 'hypergrad'> {
  hypergrad: Hypergrad;
  classifiers: readonly VariationClassifier[];
  pool: MetaPool;
  mining: Pick<MineOptions, 'count' | 'mode' | 'cap' | 'metaLabels'>;
  lambda: (factor: Factor) => number;
  /** Candidates that teach classifiers and stay out of the pool. */
  teaches: (candidate: Sample) => boolean;
  variationLr: number;
}

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
  trained: Trained<Centres>,
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

    const counting = turn.learns ? classifiers.filter(({ factor }) => settings.lambda(factor) > 0) : [];
    let learned: Learned | undefined;
    let meta: MetaBatch | undefined;
    if (hypergrad !== 'none' && counting.length > 0) {
      const { pool, mining } = settings;
      const { seed, iteration } = at;
      meta = mine({ ...mining, pool, classifiers: counting, embeddings: embedding, seed, iteration });
      const terms = termsOf(counting, settings, meta);
      if (terms.length > 0) {
        const forwarded = { model, mode, scope, embedding, ...(again && { x: again }) };
        const metaX = model.normalise(meta.pixels, meta.slots.length, meta.size);
        const judged = { forwarded, bent, own, x: metaX, terms, learningRate: at.learningRate, apart: turn.apart };
        learned = learnWeights(trained, { ...settings, hypergrad }, judged);
      }
    }

    const rows = rowsOf(learned?.outcome.weight ?? bent.weight, labels.length);
    const grads: Grads = { [CENTRES]: bent.byKernel(rows) };
    model.backward(weighed(own, rows, bent), scope, grads, false);
    const { gradientNorm } = realStep(trained, centres, grads, scope, at.learningRate);

    const fresh = newcomers(model, candidates, settings.teaches);
    const taught = teachAll(settings, batch, embedding, fresh.lesson);
    return {
      ...tensorsOf(bent, learned),
      scalars: { ...(gradientNorm && { gradientNorm }), ...metaScalars(learned), ...taught },
      ...(learned && { mined: { slots: meta!.slots, embeddings: learned.embedding } }),
      ...(fresh.candidates && { candidates: fresh.candidates }),
    };
  });
  const { residual } = numbers.columns;
  if (!residual) return numbers;
  const figures = { ...numbers.figures, ...residualFigures(residual, batch.variation) };
  return { ...numbers, figures, ...(turn.apart && { each: true }) };
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

/** The variations that a meta batch has samples of. */
function termsOf(
  counting: readonly VariationClassifier[],
  { lambda }: MetaSettings,
  { labels }: MetaBatch,
): MetaTerm[] {
  return counting.flatMap((classifier) => {
    const own = labels[classifier.factor];
    if (!own?.some((label) => label >= 0)) return [];
    return [{ classifier, labels: own, lambda: lambda(classifier.factor) }];
  });
}

/** One step of every classifier: on the batch, or where that has no label of its variation on the faces that teach. */
function teachAll(
  { classifiers, variationLr }: MetaSettings,
  batch: Batch,
  embedding: Tensor2D,
  lesson: Lesson | undefined,
): Record<string, Scalar> {
  const losses = teach(classifiers, embedding, batch.variation, variationLr);
  const rest = classifiers.filter(({ factor }) => losses[factor] === undefined);
  if (lesson) Object.assign(losses, teach(rest, lesson.embeddings, lesson.variation, variationLr));
  return Object.fromEntries(Object.entries(losses).map(([factor, loss]) => [`variation.${factor}.loss`, loss]));
}
