import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { graph } from '../../pipeline/graph.ts';
import { checkpointName, sha256 } from '../../pipeline/manifest.ts';
import { run as runGraph } from '../../pipeline/run.ts';
import { toShards } from '../../sinks/shards.ts';
import { drawnFaces } from '../../sources/drawnFaces.ts';
import { shownEvents } from '../fixtures/eventFile.ts';
import { name, pairs } from '../fixtures/tinyTraining.ts';

const HOUSE = dirname(createRequire(import.meta.url).resolve('rxface/package.json'));
/** Trains in a process of its own; there only after the build. */
export const TRAIN_ONCE = join(HOUSE, 'dist', 'tests', 'proofs', 'trainOnce.js');

/** Steps of the training that is killed: 4 epochs of 10, 4 of the 84 faces are left over in each. */
export const STEPS = 40;
const PEOPLE = 7;
const PER_PERSON = 12;

/** Heads whose statistics are part of what is restored, and one of which a sample of the centres takes part in a step. */
const HEADS = {
  adaface: 'name: adaface',
  curricularface: 'name: curricularface',
  sampled: 'name: adaface, sample: 0.6',
};
export type Head = keyof typeof HEADS;

/** A training that is killed. */
export interface Course {
  /** Distinguishes its runs. */
  name: string;
  config: string;
  steps: number;
}

/** Drawn faces in shards, pairs of drawn people, and a config for each head: every augmentation, dropout, momentum, clipping. */
export async function resumeGround(root: string): Promise<void> {
  const faces = drawnFaces({ people: PEOPLE, perPerson: PER_PERSON, size: 32 });
  await faces.open();
  const classes = [...(faces.classes ?? [])];
  await runGraph(
    graph('draw')
      .source('faces', faces)
      .sink('shards', toShards(join(root, 'faces'), { classes })),
  );
  const seen = drawnFaces({ people: 4, perPerson: 6, size: 32, first: PEOPLE, aligned: true });
  for (const { label, index, bytes } of await seen.read(Int32Array.from({ length: 24 }, (_, i) => i))) {
    const file = `${name(label)}_${String((index % 6) + 1).padStart(4, '0')}.jpg`;
    mkdirSync(join(root, 'people', name(label)), { recursive: true });
    writeFileSync(join(root, 'people', name(label), file), bytes!);
  }
  writeFileSync(join(root, 'pairs.txt'), pairs());
  for (const head of Object.keys(HEADS) as Head[]) writeFileSync(configFor(root, head), CONFIG(head));
}

const configFor = (root: string, head: Head): string => join(root, `${head}.yaml`);

const CONFIG = (head: Head): string => `data: { sources: [{ path: faces }] }
model: { name: ir10, embedding: 16, widths: [4, 4, 8, 8], size: [32, 32], dropout: 0.4 }
head: { ${HEADS[head]}, s: 16 }
optimiser: { clipNorm: 5 }
schedule: { name: cosine, lr: 0.05, warmupSteps: 3 }
augment: { flip: 0.5, crop: 0.3, rescale: 0.3, photometric: 0.3, blur: 0.3, occlude: 0.3 }
train: { batch: 8, epochs: 4, seed: 7 }
evaluate: [{ protocol: lfw, data: people, pairs: pairs.txt, every: 1 }]
checkpoint: { everySteps: 1, keep: 2, best: lfw }
`;

export interface Trained {
  /** Signal that ended the process; null where it came to its end. */
  killedBy: string | null;
  said: string;
  /** What trainOnce prints in the end. */
  out: { steps: number; engine: string } | undefined;
}

/** Trains in a process of its own, with so many threads, killed at a moment if one is given. */
export function trainOnce(
  root: string,
  head: Head | { config: string },
  run: string,
  options: { resume?: boolean; threads?: number; kill?: { moment: 'after' | 'within'; step: number } } = {},
): Promise<Trained> {
  const { resume = false, threads = 1, kill } = options;
  const config = typeof head === 'string' ? configFor(root, head) : head.config;
  const args = [TRAIN_ONCE, config, root, run, resume ? 'resume' : 'new', String(threads)];
  if (kill) args.push(kill.moment, String(kill.step));
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let [out, said] = ['', ''];
  child.stdout.on('data', (text) => (out += String(text)));
  child.stderr.on('data', (text) => (said += String(text)));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, killedBy) => {
      if (code !== null && code !== 0) reject(new Error(`${args.join(' ')} ended with ${code}: ${said}`));
      else resolve({ killedBy, said, out: out === '' ? undefined : (JSON.parse(out) as Trained['out'])! });
    });
  });
}

/**
 * A run killed right after the checkpoint of `step`, and gone on with to its end by another number of threads.
 *
 * @returns what of it is not as in the uninterrupted run, by name; nothing if all is as it should be
 */
export async function killedAfter(
  root: string,
  step: number,
  whole: Remains,
  what: Head | Course = 'adaface',
): Promise<string[]> {
  const course = typeof what === 'string' ? { name: what, config: configFor(root, what), steps: STEPS } : what;
  const run = join(root, `after-${step}-${course.name}`);
  const { killedBy } = await trainOnce(root, course, run, { kill: { moment: 'after', step } });
  const newest = newestCheckpoint(run);
  const { said } = await trainOnce(root, course, run, { resume: true, threads: step % 3 });
  const otherwise = differing(whole, remainsOf(run, course.steps));
  if (killedBy !== 'SIGKILL') otherwise.push('it was not killed');
  if (newest !== checkpointName(step) || !said.includes(`step ${step}\n`)) otherwise.push(`it went on from ${newest}`);
  return otherwise;
}

/**
 * One run killed within the writing of every checkpoint in turn: each process comes one step further than the one before.
 *
 * @param step steps done, told after each process
 */
export async function killedWithinEach(
  root: string,
  whole: Remains,
  told: (step: number) => void = () => {},
  steps = STEPS,
): Promise<string[]> {
  const run = join(root, 'within');
  const otherwise: string[] = [];
  for (let step = 1; step <= steps; step++) {
    const options = { resume: step > 1, threads: step % 3, kill: { moment: 'within', step } as const };
    const { killedBy } = await trainOnce(root, 'curricularface', run, options);
    const newest = newestCheckpoint(run);
    const expected = step === 1 ? undefined : checkpointName(step - 1);
    if (killedBy !== 'SIGKILL') otherwise.push(`it was not killed at ${step}`);
    if (newest !== expected) otherwise.push(`killed at ${step} it had ${newest}`);
    told(step);
  }
  await trainOnce(root, 'curricularface', run, { resume: true });
  return [...otherwise, ...differing(whole, remainsOf(run))];
}

/** Everything of a finished run that must not depend on how often it was interrupted, by name. */
export type Remains = Record<string, string>;

export function remainsOf(run: string, steps = STEPS): Remains {
  const checkpoints = join(run, 'checkpoints');
  const last = join(checkpoints, checkpointName(steps));
  const read = (...path: string[]): string => sha256(readFileSync(join(run, ...path)));
  const log = (file: string): string =>
    readFileSync(join(run, file), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.stringify({ ...JSON.parse(line), time: undefined }))
      .join('\n');
  const events = shownEvents(run).map(({ step, scalars, histograms, images }) => ({
    step,
    scalars: { ...scalars, 'time/imagesPerSecond': undefined },
    histograms,
    images: Object.entries(images).map(([tag, { png }]) => [tag, sha256(png)]),
  }));
  return {
    'weights and running statistics': sha256(readFileSync(join(last, 'model.safetensors'))),
    "momentum, the margin's statistics and the iteration": sha256(readFileSync(join(last, 'state.safetensors'))),
    // The manifest has the config, and with it the number of threads, of the process that began the run.
    manifest: read('checkpoints', checkpointName(steps), 'manifest.json'),
    'log of steps': log('steps.jsonl'),
    'log of evaluations': log('evaluations.jsonl'),
    'TensorBoard events': JSON.stringify(events),
    'pictures': readdirSync(join(run, 'pictures')).map((file) => `${file} ${read('pictures', file)}`).join('\n'), // prettier-ignore
    'checkpoints kept': readdirSync(checkpoints).join('\n'),
  };
}

function differing(a: Remains, b: Remains): string[] {
  return Object.keys(a).filter((part) => a[part] !== b[part]);
}

function newestCheckpoint(run: string): string | undefined {
  const folder = join(run, 'checkpoints');
  const there = existsSync(folder) ? readdirSync(folder) : [];
  return there.filter((file) => file.startsWith('step-')).at(-1);
}
