import { map, type Observable } from 'rxjs';
import type { Stage, StateMap } from '../../pipeline/contracts.ts';
import { OptionError, RxfaceError, StageError } from '../../pipeline/errors.ts';
import type { Batch, Factor, StepItem } from '../../pipeline/items.ts';
import type { Margin } from '../margins/margin.ts';
import type { Centres } from '../net/centres.ts';
import type { SampledCentres } from '../net/sampledCentres.ts';
import type { Model } from '../net/model.ts';
import { allSamplesOf, samplesOf, type StepNumbers } from './readback.ts';
import type { Schedule } from './schedule.ts';
import type { SgdOptions } from './sgd.ts';
import { loadTrained, saveTrainedState, saveTrainedWeights, type Trained } from './trainingState.ts';

/** What every training step is told. */
export interface StepOptions {
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

export interface TrainStep<I = Batch> extends Stage<I, StepItem> {
  /** Everything that training changes: weights, `head.kernel`, momentum, margin statistics and the iteration, in one map. */
  state: { save(): StateMap; load(state: StateMap): void };
  /** Lets go of the momentum, the only tensors that are the step's own; a later batch starts it anew. */
  dispose(): void;
}

/** Where an update stands. */
export interface UpdatePoint {
  /** Updates done before it. */
  iteration: number;
  learningRate: number;
  seed: number;
  /** Fails the step: an error that names the stage and the batch. */
  fail(reason: string): never;
}

/** A kind of training step: what it takes, and what one update of it does. */
export interface StepKind<I> {
  name: string;
  /** What its stage takes, as the drawing names it. */
  takes: string;
  batchOf(input: I): Batch;
  /** One update. Leaves no tensor but what is trained, also when it throws. */
  update(input: I, at: UpdatePoint): StepNumbers;
}

/**
 * A training step as a stage: around the update of its kind it checks labels, asks the schedule, refuses figures that are no
 * numbers, reports, and saves and restores what is trained.
 */
export function stepStage<I>(kind: StepKind<I>, trained: Trained, options: StepOptions): TrainStep<I> {
  const { model, centres } = trained;
  if (centres.dimension !== model.architecture.embedding) {
    throw new OptionError(kind.name, 'centres', `of dimension ${model.architecture.embedding}`, centres.dimension);
  }
  const emit = options.emit && new Set(options.emit);
  let iteration = 0;

  const take = (input: I, stage: string, seed: number): StepItem => {
    const began = performance.now();
    const batch = kind.batchOf(input);
    const fail = (reason: string): never => {
      throw new StageError(stage, `step ${batch.step} of epoch ${batch.epoch}`, reason);
    };
    checkLabels(batch, centres.classes, stage);
    const learningRate = options.schedule(iteration);
    const numbers = kind.update(input, { learningRate, iteration, seed, fail });
    iteration++;
    // The wasm backend's clamp turns NaN into a number: there the loss alone would not tell.
    const broken = Object.entries({ loss: numbers.loss, ...numbers.figures }).find(([, x]) => !Number.isFinite(x));
    if (broken !== undefined) {
      const cure = 'lower the learning rate or lengthen the warm-up, set clipNorm, and go on from the last checkpoint';
      fail(`the ${broken[0]} of iteration ${iteration} is ${broken[1]}: ${cure}`);
    }
    const { loss, figures } = numbers;
    const chosen = emit && { samples: samplesOf(numbers, batch.keys, emit) };
    const samples = numbers.each ? { samples: allSamplesOf(numbers, batch) } : chosen;
    const item = itemOf(batch, { iteration, loss, learningRate, figures, ...samples }, began);
    if (options.snapshot?.(item)) {
      const { epoch, position } = item;
      const weights = saveTrainedWeights(trained);
      const state = saveTrainedState(trained, iteration);
      item.snapshot = { epoch, iteration, position, weights, state, faces: numbers.columns };
    }
    return item;
  };

  const operator = (stage: string, seed: number) => (source: Observable<I>) =>
    source.pipe(map((input) => take(input, stage, seed)));
  return Object.assign(operator(kind.name, options.seed ?? 0), {
    label: { in: kind.takes, out: 'StepItem', keeps: 'order, count', asks: 1, gives: 1, holds: 0 },
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

/**
 * The item of one update: where its batch stands, what came of it, and how long it took.
 *
 * @param began by `performance.now()`
 */
export function itemOf(
  { epoch, step, keys, labels: { length: images } }: Batch,
  { iteration, ...came }: Omit<StepItem, 'epoch' | 'step' | 'position' | 'images' | 'time'>,
  began: number,
): StepItem {
  const position = (keys.at(-1)?.position ?? -1) + 1;
  const seconds = (performance.now() - began) / 1000;
  const time = { at: Date.now(), seconds, imagesPerSecond: images / seconds };
  return { epoch, step, iteration, position, images, ...came, time };
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
export function qualityOf(batch: Batch, { name, quality }: Margin): Int32Array | undefined {
  if (typeof quality !== 'object') return undefined;
  const column = batch.variation[quality.column as Factor] as Int32Array | undefined;
  if (!column) throw new RxfaceError(`margin '${name}': batches have no column '${quality.column}'`);
  const missing = column.indexOf(-1);
  if (missing >= 0) throw new RxfaceError(`margin '${name}': ${batch.ids[missing]} has no '${quality.column}'`);
  return column;
}
