import { classesOf, OptionError, type Engine, type RunFacts, type StateMap } from 'rxface';
import { createModel, emptyModel, type Centres, type Margin, type Model, type SampledCentres } from 'rxface/operators';
import { differences } from './config.ts';
import { backboneOf, namedWeights } from './loadModel.ts';
import { architectureOf, centresOf, marginOf, precisionOf } from './parts.ts';
import type { Resumption } from './resume.ts';
import { beginRun, rewindRun, type RunFolder } from './runFolder.ts';
import type { Config } from './schema.ts';

/** The learned things, and how the run with them is written down. */
export interface Learner {
  /** As given, with the precision decided. */
  config: Config;
  model: Model;
  centres: Centres | SampledCentres;
  margin: Margin;
  facts: RunFacts;
  dispose(): void;
}

/** A training ready to go on: the learned things, the run folder, and where in the data it stands. */
export interface Training extends Learner {
  folder: RunFolder;
  /** Updates done, and the next sample; `state` is what the step has to load first. */
  start: { steps: number; epoch: number; position: number; phase?: string; state?: StateMap };
  /** Lets go of the run folder. */
  letGo(): Promise<void>;
}

export interface LearnerOptions {
  config: Config;
  engine: Engine;
  people: readonly string[];
  images: number;
  /** Images of each of them. */
  counts: ArrayLike<number>;
  say: (line: string) => void;
}

export interface TrainingOptions extends LearnerOptions {
  run: string;
  /** The run to go on with; absent: a new one. */
  resumed?: Resumption | undefined;
}

/** Begins a run, with new weights or those of `init`, or goes on with one that is resumed. The engine must have been started. */
export async function beginTraining(options: TrainingOptions): Promise<Training> {
  const { run, resumed } = options;
  const config = resumed?.config ?? options.config;
  const found = resumed?.checkpoint;
  if (found === undefined) {
    const learner = await newLearner({ ...options, config });
    const start = { steps: 0, epoch: 0, position: 0 };
    return orDispose(learner, async () => {
      if (resumed === undefined) {
        const { letGo, ...folder } = await beginRun(run, learner.config);
        return { ...learner, folder, start, letGo };
      }
      return { ...learner, folder: await rewindRun(run, 0), start, letGo: resumed.letGo };
    });
  }
  const learner = createLearner({ ...options, config }, false);
  const { step: steps, epoch, position, phase, engine } = found.manifest;
  const { backend, tensorflow } = options.engine;
  if (engine.backend !== backend || engine.tensorflow !== tensorflow) {
    const wrote = `${engine.backend} ${engine.tensorflow ?? ''}`.trim();
    options.say(`resume: ${wrote} wrote this checkpoint, another engine goes on: the last bits will differ`);
  }
  const start = { steps, epoch, position, phase, state: { ...found.weights, ...found.state } };
  const { letGo } = resumed!;
  return orDispose(learner, async () => ({ ...learner, folder: await rewindRun(run, steps), start, letGo }));
}

/** Makes model, centres and margin with first weights, or those of `init`. The engine must have been started. */
export async function newLearner(options: LearnerOptions): Promise<Learner> {
  const learner = createLearner(options);
  const { init } = options.config;
  return orDispose(learner, async () => {
    if (init !== undefined) await initialise(init, { ...learner, say: options.say });
    return learner;
  });
}

/** @param drawn false: without first weights, which a checkpoint takes the place of */
function createLearner({ config: chosen, engine, people, images, counts, say }: LearnerOptions, drawn = true): Learner {
  const { seed, recompute } = chosen.train;
  const precision = precisionOf(chosen.train, say);
  const config: Config = { ...chosen, train: { ...chosen.train, precision } };
  const built = architectureOf(config.model);
  const model = drawn
    ? createModel(built, { seed, precision, recompute })
    : emptyModel(built, { precision, recompute });
  const size = { dimension: config.model.embedding, classes: people.length };
  const centres = centresOf(config.head, drawn ? { ...size, seed } : size);
  const margin = marginOf(config.head, counts);
  const { backend, tensorflow } = engine;
  const facts: RunFacts = {
    architecture: model.architecture,
    classes: classesOf(people),
    images,
    phase: 'train',
    seed,
    engine: { backend, tensorflow },
    config,
  };
  const dispose = (): void => {
    for (const owner of [model, centres, margin.state]) owner?.dispose();
  };
  return { config, model, centres, margin, facts, dispose };
}

async function orDispose<T>({ dispose }: Learner, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    dispose();
    throw error;
  }
}

/** Takes weights over, and the centres too where they are of the same people. */
async function initialise(
  path: string,
  { model, centres, facts, say }: Pick<Training, 'model' | 'centres' | 'facts'> & Pick<TrainingOptions, 'say'>,
): Promise<void> {
  const found = await namedWeights(path);
  const { input } = found.architecture;
  if (differences(input, model.architecture.input).length > 0) {
    const expected = `a network that takes its pixels as ${found.path} does, ${inputText(input)}`;
    throw new OptionError('init', 'model', expected, inputText(model.architecture.input));
  }
  model.load(backboneOf(found.weights));
  if (found.recognised !== undefined) say(found.recognised);
  const theirs = found.manifest?.classes.sha256;
  const same = theirs === facts.classes.sha256 && 'head.kernel' in found.weights;
  if (same) centres.load(found.weights);
  const anew = theirs === undefined ? 'the file does not say whose it has' : 'for other people';
  say(`init: weights from ${found.path}; class centres ${same ? 'too' : `are drawn anew: ${anew}`}`);
}

function inputText({ channels, mean, std }: Model['architecture']['input']): string {
  return `${channels}, (v / 255 - ${mean}) / ${std}`;
}
