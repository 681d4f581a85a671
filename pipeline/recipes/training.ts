import { classCentres, createModel, type Centres, type Margin, type Model } from 'rxface/operators';
import { readNewestCheckpoint, readWeights, type Checkpoint } from 'rxface/sources';
import type { StateMap } from '../contracts.ts';
import type { Engine } from '../engine/load.ts';
import { OptionError } from '../errors.ts';
import { classesOf, type RunFacts } from '../manifest.ts';
import { differences } from './config.ts';
import { backboneOf } from './loadModel.ts';
import { architectureOf, marginOf } from './parts.ts';
import { beginRun, rewindRun, type RunFolder } from './runFolder.ts';
import type { Config } from './schema.ts';

/** What of a config may differ from that of the run which is resumed: it changes no batch and no update. */
const FREE = ['data.root', 'train.threads', 'evaluate', 'checkpoint', 'init', 'resume'];

/** A training ready to go on: the learned things, the run folder, and where in the data it stands. */
export interface Training {
  model: Model;
  centres: Centres;
  margin: Margin;
  facts: RunFacts;
  folder: RunFolder;
  /** Updates done, and the next sample; `state` is what the step has to load first. */
  start: { steps: number; epoch: number; position: number; state?: StateMap };
  dispose(): void;
}

export interface TrainingOptions {
  config: Config;
  run: string;
  resume?: boolean;
  engine: Engine;
  people: readonly string[];
  say: (line: string) => void;
}

/** Makes model, centres and margin: new ones, from `init`, or from the run that is resumed. The engine must have been started. */
export async function beginTraining(options: TrainingOptions): Promise<Training> {
  const { config, engine, people } = options;
  const { seed } = config.train;
  const resumed = options.resume ? await resumable(options) : undefined;
  const model = createModel(architectureOf(config.model), { seed, precision: config.train.precision });
  const centres = classCentres({ dimension: config.model.embedding, classes: people.length, seed });
  const margin = marginOf(config.head);
  const dispose = (): void => {
    for (const owner of [model, centres, margin.state]) owner?.dispose();
  };
  const facts: RunFacts = {
    architecture: model.architecture,
    classes: classesOf(people),
    phase: 'train',
    seed,
    engine: { backend: engine.backend, tensorflow: engine.tensorflow },
    config: resumed?.manifest.config ?? config,
  };
  try {
    if (resumed === undefined) {
      if (config.init !== undefined) await initialise(config.init, { model, centres, facts, say: options.say });
      const folder = await beginRun(options.run, config);
      return { model, centres, margin, facts, folder, start: { steps: 0, epoch: 0, position: 0 }, dispose };
    }
    const { step, epoch, position } = resumed.manifest;
    const folder = await rewindRun(options.run, step);
    const state = { ...resumed.weights, ...resumed.state };
    return { model, centres, margin, facts, folder, start: { steps: step, epoch, position, state }, dispose };
  } catch (error) {
    dispose();
    throw error;
  }
}

/** The checkpoint to go on from, if people, config and engine are those it was written with. */
async function resumable({ config, run, engine, people, say }: TrainingOptions): Promise<Checkpoint> {
  const found = await readNewestCheckpoint(run);
  const { manifest } = found;
  for (const { path, reason } of found.passedOver) say(`resume: passed over ${path}: ${reason}`);
  const here = classesOf(people);
  if (here.sha256 !== manifest.classes.sha256) {
    const expected = `the ${manifest.classes.count} people of ${found.path} (sha256 of their names ${manifest.classes.sha256})`;
    throw new OptionError('resume', 'data', expected, `${here.count} people (sha256 ${here.sha256})`);
  }
  const changed = differences(manifest.config, config, FREE);
  if (changed.length > 0) {
    throw new OptionError(
      'resume',
      'config',
      `that of ${run}: init starts anew from its weights`,
      `another ${changed.join(', ')}`,
    );
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
  model.load(backboneOf(found.weights));
  const same = found.manifest?.classes.sha256 === facts.classes.sha256 && 'head.kernel' in found.weights;
  if (same) centres.load(found.weights);
  say(`init: weights from ${found.path}; class centres ${same ? 'too' : 'are drawn anew, for other people'}`);
}
