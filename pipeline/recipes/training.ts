import { classesOf, OptionError, type Engine, type RunFacts, type StateMap } from 'rxface';
import { classCentres, createModel, type Centres, type Margin, type Model } from 'rxface/operators';
import { readNewestCheckpoint, readWeights, type Checkpoint } from 'rxface/sources';
import { architectureIn } from '../manifest.ts';
import { differences, readConfig } from './config.ts';
import { backboneOf } from './loadModel.ts';
import { architectureOf, marginOf, precisionOf } from './parts.ts';
import { beginRun, checkpointsOf, configOf, rewindRun, type RunFolder } from './runFolder.ts';
import type { Config } from './schema.ts';

/** What of a config may differ from that of the run which is resumed: it changes no batch and no update. */
const FREE = ['data.root', 'train.threads', 'evaluate', 'checkpoint', 'init', 'resume'];

/** The learned things, and how the run with them is written down. */
export interface Learner {
  /** As given, with the precision decided. */
  config: Config;
  model: Model;
  centres: Centres;
  margin: Margin;
  facts: RunFacts;
  dispose(): void;
}

/** A training ready to go on: the learned things, the run folder, and where in the data it stands. */
export interface Training extends Learner {
  folder: RunFolder;
  /** Updates done, and the next sample; `state` is what the step has to load first. */
  start: { steps: number; epoch: number; position: number; state?: StateMap };
}

export interface LearnerOptions {
  config: Config;
  engine: Engine;
  people: readonly string[];
  images: number;
  say: (line: string) => void;
}

export interface TrainingOptions extends LearnerOptions {
  run: string;
  resume?: boolean;
}

/** Begins a run, with new weights or those of `init`, or goes on with one that is resumed. The engine must have been started. */
export async function beginTraining(options: TrainingOptions): Promise<Training> {
  const { run } = options;
  const begun = options.resume ? await begunConfig(options) : undefined;
  const found = begun && (await checkpointToResume(options));
  const config = begun ?? options.config;
  if (found === undefined) {
    const learner = await newLearner({ ...options, config });
    const start = { steps: 0, epoch: 0, position: 0 };
    return orDispose(learner, async () => {
      const folder = begun ? await rewindRun(run, 0) : await beginRun(run, learner.config);
      return { ...learner, folder, start };
    });
  }
  const learner = createLearner({ ...options, config });
  const { step: steps, epoch, position } = found.manifest;
  const start = { steps, epoch, position, state: { ...found.weights, ...found.state } };
  return orDispose(learner, async () => ({ ...learner, folder: await rewindRun(run, steps), start }));
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

function createLearner({ config: chosen, engine, people, images, say }: LearnerOptions): Learner {
  const { seed } = chosen.train;
  const precision = precisionOf(chosen.train, say);
  const config: Config = { ...chosen, train: { ...chosen.train, precision } };
  const model = createModel(architectureOf(config.model), { seed, precision });
  const centres = classCentres({ dimension: config.model.embedding, classes: people.length, seed });
  const margin = marginOf(config.head);
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

/** The config a run began with, if the one given now says the same. */
async function begunConfig({ config, run }: TrainingOptions): Promise<Config> {
  const begun = await readConfig(configOf(run));
  // 'auto' was decided when the run began.
  const decided = config.train.precision === 'auto' ? [...FREE, 'train.precision'] : FREE;
  const changed = differences(begun, config, decided);
  if (changed.length === 0) return begun;
  const expected = `that of ${run}: init starts anew from its weights`;
  throw new OptionError('resume', 'config', expected, `another ${changed.join(', ')}`);
}

/** The checkpoint to go on from, if people, images and engine are those it was written with; none if there is none yet. */
async function checkpointToResume(options: TrainingOptions): Promise<Checkpoint | undefined> {
  const { run, engine, people, images, say } = options;
  if ((await checkpointsOf(run)).length === 0) {
    say(`resume: ${run} has no checkpoint yet: from its start`);
    return undefined;
  }
  const found = await readNewestCheckpoint(run);
  const { manifest } = found;
  for (const { path, reason } of found.passedOver) say(`resume: passed over ${path}: ${reason}`);
  const here = classesOf(people);
  if (here.sha256 !== manifest.classes.sha256) {
    const expected = `the ${manifest.classes.count} people of ${found.path} (sha256 of their names ${manifest.classes.sha256})`;
    throw new OptionError('resume', 'data', expected, `${here.count} people (sha256 ${here.sha256})`);
  }
  if (images !== manifest.images) {
    throw new OptionError('resume', 'data', `the ${manifest.images} images of ${found.path}`, `${images} images`);
  }
  if (manifest.engine.backend !== engine.backend || manifest.engine.tensorflow !== engine.tensorflow) {
    say(
      `resume: ${manifest.engine.backend} ${manifest.engine.tensorflow ?? ''} wrote this checkpoint, another engine goes on: the last bits will differ`,
    );
  }
  say(`resume: from ${found.path}, epoch ${manifest.epoch + 1}, step ${manifest.step}`);
  return found;
}

/** Takes weights over, and the centres too where they are of the same people. */
async function initialise(
  path: string,
  { model, centres, facts, say }: Pick<Training, 'model' | 'centres' | 'facts'> & Pick<TrainingOptions, 'say'>,
): Promise<void> {
  const found = await readWeights(path);
  const { input } = found.manifest?.architecture ?? architectureIn(found.metadata, found.path) ?? model.architecture;
  if (differences(input, model.architecture.input).length > 0) {
    const expected = `a network that takes its pixels as ${found.path} does, ${inputText(input)}`;
    throw new OptionError('init', 'model', expected, inputText(model.architecture.input));
  }
  model.load(backboneOf(found.weights));
  const theirs = found.manifest?.classes.sha256;
  const same = theirs === facts.classes.sha256 && 'head.kernel' in found.weights;
  if (same) centres.load(found.weights);
  const anew = theirs === undefined ? 'the file does not say whose it has' : 'for other people';
  say(`init: weights from ${found.path}; class centres ${same ? 'too' : `are drawn anew: ${anew}`}`);
}

function inputText({ channels, mean, std }: Model['architecture']['input']): string {
  return `${channels}, (v / 255 - ${mean}) / ${std}`;
}
