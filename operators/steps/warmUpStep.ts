import { dispose, tidy, type Scalar } from '@tensorflow/tfjs-core';
import { map, type Observable } from 'rxjs';
import type { Stage, StateMap } from '../../pipeline/contracts.ts';
import { RxfaceError } from '../../pipeline/errors.ts';
import type { Batch, StepItem } from '../../pipeline/items.ts';
import type { Model } from '../net/model.ts';
import { createScope } from '../net/scope.ts';
import type { VariationClassifier } from '../variation/classifier.ts';
import { teach } from '../variation/teach.ts';
import { itemOf } from './stepStage.ts';

export interface WarmUpStepOptions {
  /** Stays as it is. */
  model: Model;
  classifiers: readonly VariationClassifier[];
  /** Above 0. Default 0.1. */
  learningRate?: number;
  /** Keys dropout masks. Default: the graph's seed, 0 in a plain pipe. */
  seed?: number;
}

export interface WarmUpStep extends Stage<Batch, StepItem> {
  /** The classifiers and 'iteration', in one map. */
  state: { save(): StateMap; load(state: StateMap): void };
}

/**
 * One update of each variation classifier for each batch, on embeddings of a network that stays as it is.
 *
 * In plain words: before classifiers may say anything about margins they learn their task, a few hundred batches long.
 *
 *     [batch] ------------ [batch] ---------- |
 *     warmUpStep({ model, classifiers })
 *     {iteration 1, loss 1.9} {iteration 2, loss 1.7} |
 *
 * ```ts
 * const blur = variationClassifier({ factor: 'blur', dimension: 8, seed: 7, warmup: 1 });
 * const labelled = batches.map((batch) => ({ ...batch, variation: { ...batch.variation, blur: Int32Array.of(0, 3) } }));
 * from(labelled)
 *   .pipe(warmUpStep({ model, classifiers: [blur] }))
 *   .subscribe(({ figures }) => console.log(figures)); // { 'variation.blur.loss': ... }
 * ```
 *
 * Embeddings are those of training, with the batch's statistics and dropout: what the classifiers meet later. Nothing of the
 * network changes, its running statistics neither.
 *
 * @return One item per batch, in order; `loss` is the mean over the variations that learned, 0 where none did. Figures:
 * 'variation.<factor>.loss' of those that learned. Errors with RxfaceError where a loss is not finite.
 */
export function warmUpStep(options: WarmUpStepOptions): WarmUpStep {
  const { model, classifiers, learningRate = 0.1 } = options;
  let iteration = 0;
  const take = (batch: Batch, seed: number): StepItem => {
    const began = performance.now();
    const count = batch.labels.length;
    const scope = createScope({ keeps: false });
    const mode = { train: true, updateStats: false, step: iteration, seed };
    const losses = tidy(() => {
      const embedding = model.forward(model.normalise(batch.pixels, count, batch.size), mode, scope);
      return teach(classifiers, embedding, batch.variation, learningRate) as Record<string, Scalar>;
    });
    iteration++;
    const figures = Object.fromEntries(
      Object.entries(losses).map(([factor, loss]) => [`variation.${factor}.loss`, loss.dataSync()[0]!]),
    );
    dispose(losses);
    const broken = Object.entries(figures).find(([, value]) => !Number.isFinite(value));
    if (broken !== undefined)
      throw new RxfaceError(
        `the ${broken[0]} of warm-up iteration ${iteration} is ${broken[1]}: lower the learning rate`,
      );
    const values = Object.values(figures);
    const loss = values.reduce((sum, x) => sum + x, 0) / Math.max(1, values.length);
    return itemOf(batch, { iteration, loss, learningRate, figures }, began);
  };
  const operator = (seed: number) => (source: Observable<Batch>) => source.pipe(map((batch) => take(batch, seed)));
  return Object.assign(operator(options.seed ?? 0), {
    label: { in: 'Batch', out: 'StepItem', keeps: 'order, count', asks: 1, gives: 1, holds: 0 },
    wire: (context: { seed: number }) => operator(options.seed ?? context.seed),
    state: {
      save: () => ({
        ...Object.assign({}, ...classifiers.map(({ state }) => state.save())),
        iteration: { shape: [1], data: Int32Array.of(iteration) },
      }),
      load(state: StateMap) {
        for (const classifier of classifiers) classifier.state.load(state);
        iteration = state['iteration']?.data[0] ?? 0;
      },
    },
  });
}
