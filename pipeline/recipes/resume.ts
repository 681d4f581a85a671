import { classesOf, OptionError } from 'rxface';
import { readNewestCheckpoint, type Checkpoint } from 'rxface/sources';
import { differences, readConfig } from './config.ts';
import { dueEvaluations, type EvaluationLine } from './evaluations.ts';
import { checkpointsOf, configOf, holdRun, readLines, runFolder } from './runFolder.ts';
import type { Config } from './schema.ts';

/** What of a config may differ from that of the run which is resumed: it changes no batch and no update. */
const FREE = [
  'data.root',
  'data.faults',
  'train.threads',
  'train.recompute',
  'evaluate',
  'checkpoint',
  'init',
  'resume',
];

export interface ResumeOptions {
  config: Config;
  run: string;
  people: readonly string[];
  images: number;
  perEpoch: number;
  /** Steps before the first epoch. */
  warmUp: number;
  say: (line: string) => void;
}

/** A run to go on with, held by this process. */
export interface Resumption {
  /** The config it began with. */
  config: Config;
  /** None where it was ended before the first: it starts anew. */
  checkpoint?: Checkpoint;
  /** Nothing is left to do. */
  finished: boolean;
  /** Lets go of its folder. */
  letGo(): Promise<void>;
}

/**
 * Takes a run to go on with: its folder for this process alone, its config and its newest checkpoint that is whole.
 * Needs no engine yet.
 *
 * @throws OptionError where another process trains in it, or config, people or images are not those it began with;
 *   FileError, FormatError where it or all of its checkpoints are damaged
 */
export async function resumeRun(options: ResumeOptions): Promise<Resumption> {
  const { run, say } = options;
  const config = await begunConfig(options);
  const letGo = await holdRun(run);
  try {
    if ((await checkpointsOf(run)).length === 0) {
      say(`resume: ${run} has no checkpoint yet: from its start`);
      return { config, finished: false, letGo };
    }
    const checkpoint = await readNewestCheckpoint(run);
    for (const { path, reason } of checkpoint.passedOver) say(`resume: passed over ${path}: ${reason}`);
    checkData(checkpoint, options);
    const { step, epoch } = checkpoint.manifest;
    const finished = await isFinished(step, options);
    const stands = finished
      ? `${run} is finished: all ${step} steps are done, nothing is left to do`
      : `from ${checkpoint.path}, epoch ${epoch + 1}, step ${step}`;
    say(`resume: ${stands}`);
    return { config, checkpoint, finished, letGo };
  } catch (error) {
    await letGo();
    throw error;
  }
}

/**
 * The config a run began with, if the one given now says the same.
 *
 * @throws OptionError where it does not
 */
export async function begunConfig({ config, run }: Pick<ResumeOptions, 'config' | 'run'>): Promise<Config> {
  const begun = await readConfig(configOf(run));
  // 'auto' was decided when the run began.
  const decided = config.train.precision === 'auto' ? [...FREE, 'train.precision'] : FREE;
  const changed = differences(begun, config, decided);
  if (changed.length === 0) return begun;
  const expected = `that of ${run}: init starts anew from its weights`;
  throw new OptionError('resume', 'config', expected, `another ${changed.join(', ')}`);
}

/** Order, schedule and class centres are those of the people and images it was written with. */
function checkData({ path, manifest }: Checkpoint, { people, images }: ResumeOptions): void {
  const here = classesOf(people);
  if (here.sha256 !== manifest.classes.sha256) {
    const expected = `the ${manifest.classes.count} people of ${path} (sha256 of their names ${manifest.classes.sha256})`;
    throw new OptionError('resume', 'data', expected, `${here.count} people (sha256 ${here.sha256})`);
  }
  if (images !== manifest.images) {
    throw new OptionError('resume', 'data', `the ${manifest.images} images of ${path}`, `${images} images`);
  }
}

async function isFinished(step: number, { config, run, perEpoch, warmUp }: ResumeOptions): Promise<boolean> {
  const { epochs } = config.train;
  if (step < warmUp + epochs * perEpoch) return false;
  const lines = await readLines<EvaluationLine>(runFolder(run).evaluations);
  return dueEvaluations(config, lines, { epoch: epochs, step }).length === 0;
}
