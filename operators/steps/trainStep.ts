import { keep, tidy, type Tensor2D } from '@tensorflow/tfjs-core';
import { map, type Observable } from 'rxjs';
import type { Stage, StateMap } from '../../pipeline/contracts.ts';
import { OptionError, RxfaceError, StageError } from '../../pipeline/errors.ts';
import type { Batch, Factor, StepItem } from '../../pipeline/items.ts';
import { head, type HeadInput } from '../margins/head.ts';
import type { Margin } from '../margins/margin.ts';
import { CENTRES, type Centres } from '../net/centres.ts';
import type { SampledCentres } from '../net/sampledCentres.ts';
import type { Grads } from '../net/layer.ts';
import type { Model } from '../net/model.ts';
import { createScope } from '../net/scope.ts';
import type { RowGroup } from './descendRows.ts';
import { sgd, type ParamGroup, type SgdOptions } from './sgd.ts';
import { readStep, samplesOf, type StepNumbers } from './readback.ts';
import type { Schedule } from './schedule.ts';
import { loadTrained, saveTrainedState, saveTrainedWeights, trainable, type Trained } from './trainingState.ts';

export interface TrainStepOptions {
  model: Model;
  /** All of them in each step, or a sample. */
  centres: Centres | SampledCentres;
  margin: Margin;
  optimiser?: SgdOptions;
  schedule: Schedule;
  /** Keys dropout masks. Default: the graph's seed, 0 in a plain pipe. */
  seed?: number;
  /** Indices in the source of samples whose norm, cosine, P, margin and gradient scaling term are reported when they come by. */
  emit?: Iterable<number>;
  /** Says after which steps weights and state are read back into the item, for a checkpoint. */
  snapshot?: (item: StepItem) => boolean;
}

export interface TrainStep extends Stage<Batch, StepItem> {
  /** Everything that training changes: weights, `head.kernel`, momentum, margin statistics and the iteration, in one map. */
  state: { save(): StateMap; load(state: StateMap): void };
  /** Lets go of the momentum, the only tensors that are the step's own; a later batch starts it anew. */
  dispose(): void;
}

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
  const { model, centres, margin, schedule, snapshot } = options;
  if (centres.dimension !== model.architecture.embedding) {
    throw new OptionError('trainStep', 'centres', `of dimension ${model.architecture.embedding}`, centres.dimension);
  }
  const trained: Trained = { model, centres, margin, optimiser: sgd(options.optimiser) };
  const emit = options.emit && new Set(options.emit);
  let iteration = 0;

  const take = (batch: Batch, stage: string, seed: number): StepItem => {
    const began = performance.now();
    const at = `step ${batch.step} of epoch ${batch.epoch}`;
    checkLabels(batch, centres.classes, stage);
    const learningRate = schedule(iteration);
    const numbers = update(trained, batch, { learningRate, iteration, seed });
    iteration++;
    // The wasm backend's clamp turns NaN into a number: there the loss alone would not tell.
    const broken = Object.entries({ loss: numbers.loss, ...numbers.figures }).find(([, x]) => !Number.isFinite(x));
    if (broken !== undefined) {
      const cure = 'lower the learning rate or lengthen the warm-up, set clipNorm, and go on from the last checkpoint';
      throw new StageError(stage, at, `the ${broken[0]} of iteration ${iteration} is ${broken[1]}: ${cure}`);
    }
    const images = batch.labels.length;
    const seconds = (performance.now() - began) / 1000;
    const item: StepItem = {
      epoch: batch.epoch,
      step: batch.step,
      iteration,
      position: (batch.keys.at(-1)?.position ?? -1) + 1,
      images,
      loss: numbers.loss,
      learningRate,
      figures: numbers.figures,
      ...(emit && { samples: samplesOf(numbers, batch.keys, emit) }),
      time: { at: Date.now(), seconds, imagesPerSecond: images / seconds },
    };
    if (snapshot?.(item)) {
      const { epoch, position } = item;
      const weights = saveTrainedWeights(trained);
      const { norms: norm, cosine, probability, margin: margins, gradientScale } = numbers;
      const faces = { norm, cosine, probability, margin: margins, gradientScale };
      item.snapshot = { epoch, iteration, position, weights, state: saveTrainedState(trained, iteration), faces };
    }
    return item;
  };

  const operator = (stage: string, seed: number) => (source: Observable<Batch>) =>
    source.pipe(map((batch) => take(batch, stage, seed)));
  return Object.assign(operator('trainStep', options.seed ?? 0), {
    label: { in: 'Batch', out: 'StepItem', keeps: 'order, count', asks: 1, gives: 1, holds: 0 },
    wire: (context: { stage: string; seed: number }) => operator(context.stage, options.seed ?? context.seed),
    state: {
      save: () => ({ ...saveTrainedWeights(trained), ...saveTrainedState(trained, iteration) }),
      load: (state: StateMap) => {
        iteration = loadTrained(trained, state);
      },
    },
    dispose: () => trained.optimiser.dispose(),
  });
}

/** One update. Everything but what is trained is gone when it returns, also when it throws. */
function update(
  { model, centres, margin, optimiser }: Trained,
  batch: Batch,
  { learningRate, iteration, seed }: { learningRate: number; iteration: number; seed: number },
): StepNumbers {
  let numbers: StepNumbers | undefined;
  // Given out past the tidy: it would walk through every number it returns.
  tidy(() => {
    const { labels } = batch;
    const scope = createScope({ keeps: true });
    const mode = { train: true, updateStats: true, step: iteration, seed };
    const embedding = model.forward(model.normalise(batch.pixels, labels.length, batch.size), mode, scope);
    const quality = columnOf(batch, margin);
    const part = partOf(centres, labels, { seed, step: iteration });
    const out = head({ embedding, margin, ...part.given, ...(quality && { quality }) });
    embedding.dispose();

    const grads: Grads = { [CENTRES]: out.dKernel };
    model.backward(out.dEmbedding, scope, grads, false);
    const groups = [{ params: model.params, specs: trainable(model) }, part.group(out.along)];
    const { gradientNorm } = optimiser.update(groups, grads, learningRate);
    for (const [name, value] of Object.entries(scope.statistics)) {
      model.params[name]!.dispose();
      model.params[name] = keep(value);
      delete scope.statistics[name];
    }
    scope.dispose();
    numbers = readStep(out, gradientNorm);
  });
  return numbers!;
}

/** The centres that take part in a step, as the head has them and as the optimiser does. */
function partOf(
  centres: Trained['centres'],
  labels: Int32Array,
  key: { seed: number; step: number },
): { given: Pick<HeadInput, 'kernel' | 'layout' | 'labels'>; group: (along?: Tensor2D) => ParamGroup | RowGroup } {
  const spec = { name: CENTRES, role: 'weight' as const };
  if ('params' in centres) {
    const { params } = centres;
    return { given: { kernel: params[CENTRES], labels }, group: () => ({ params, specs: [spec] }) };
  }
  const given = centres.take(labels, key);
  return { given, group: (along) => ({ ...spec, ...given, rows: given.kernel, along }) };
}

function checkLabels({ labels, ids }: Batch, classes: number, stage: string): void {
  const at = labels.findIndex((label) => label < 0 || label >= classes);
  if (at < 0) return;
  throw new StageError(
    stage,
    ids[at],
    `label must be in [0, ${classes}), the classes of the centres, received ${labels[at]}`,
  );
}

/** The batch's column that the margin reads quality from. */
function columnOf(batch: Batch, { name, quality }: Margin): Int32Array | undefined {
  if (typeof quality !== 'object') return undefined;
  const column = batch.variation[quality.column as Factor] as Int32Array | undefined;
  if (!column) throw new RxfaceError(`margin '${name}': batches have no column '${quality.column}'`);
  const missing = column.indexOf(-1);
  if (missing >= 0) throw new RxfaceError(`margin '${name}': ${batch.ids[missing]} has no '${quality.column}'`);
  return column;
}
