import { join, resolve } from 'node:path';
import { ensureEngine, OptionError, type PairProtocol, type Progress } from 'rxface';
import { createModel, type Model, type PairScores } from 'rxface/operators';
import { shards, type IndexedSource } from 'rxface/sources';
import { exists } from '../files/read.ts';
import { makeFolder, writeFile } from '../files/write.ts';
import { readConfig } from './config.ts';
import { DEMO_BATCH, demoConfig } from './demoConfig.ts';
import { demoFaces } from './demoFaces.ts';
import { randomPairs } from './demoPairs.ts';
import { hardestPairs } from './hardestPairs.ts';
import { scorePairs } from './evaluate.ts';
import { appendLine, evaluationLine, type EvaluationLine } from './evaluations.ts';
import { loadModel } from './loadModel.ts';
import { architectureOf } from './parts.ts';
import { writePicture, writeReport } from './report.ts';
import { runFolder } from './runFolder.ts';
import type { Config } from './schema.ts';
import { train } from './train.ts';

/** Pairs that people never trained on are verified by. */
const PAIRS = 4000;

export interface DemoOptions {
  /** A new run folder. */
  run: string;
  /** Real faces to take instead of drawn ones: whatever openSource takes. */
  data?: string | undefined;
  /** People to train on; a quarter as many are verified on. */
  people: number;
  /** Pixels of a side. */
  size: number;
  epochs: number;
  seed: number;
  signal?: AbortSignal | undefined;
  progress: Progress;
}

/** Accuracy over ten folds on people never trained on, as fractions: on clean faces, and on faces of a fifth of the pixels a side. */
export interface DemoFigures {
  accuracy: number;
  degraded: number;
}

export interface DemoResult {
  untrained: DemoFigures;
  trained: DemoFigures;
  /** Of training. */
  imagesPerSecond: number;
  run: string;
  /** Path of the page about it. */
  report: string;
  people: number;
  images: number;
  unseen: { people: number; images: number; pairs: number };
  /** Pixels that degraded faces were reduced to. */
  reducedTo: number;
  /** Of the whole demo. */
  seconds: number;
}

/**
 * The first five minutes: faces into shards, a small network trained on them with AdaFace, and verified on people never
 * trained on, before and after, on clean and on low-resolution faces.
 *
 * Leaves a run folder as any training does, with demo.yaml, the config to copy, and report.html.
 *
 * @throws OptionError where a run lies in the folder already, or --data has too few people
 */
export async function demo(options: DemoOptions): Promise<DemoResult> {
  const { run, data, people, size, epochs, seed, signal, progress } = options;
  const began = performance.now();
  const say = progress.note;
  if (await exists(runFolder(run).steps)) throw new OptionError('demo', '--run', 'a folder without a run', run);
  await ensureEngine({ say, show: process.stderr.isTTY, ...(signal && { signal }) });

  const folder = data === undefined ? resolve(run, '..') : resolve(run, 'faces');
  const written = await demoFaces({ data, folder, people, size, seed, signal, progress });
  const [faces, unseen] = [shards(written.train), shards(written.unseen)];
  try {
    await faces.open();
    await unseen.open();
    // A run that has read a source closes it.
    const seen = { people: faces.classes!.length, images: faces.length! };
    const others = { people: unseen.classes!.length, images: unseen.length! };
    say(
      `faces: ${count(seen.images)} of ${seen.people} people to train on, ${count(others.images)} of ${others.people} ` +
        `others to verify on, ${written.found ? 'found' : 'written'} in ${folder}`,
    );
    const config = await writeConfig(run, { faces: written.train, size, epochs, seed, images: seen.images });
    const pairs = randomPairs(unseen, { most: PAIRS, seed });
    const course: Course = { config, run, unseen, pairs, signal, progress, reduce: Math.round((20 / 112) * size) };

    const untrained = createModel(architectureOf(config.model), { seed });
    const before = await verify(untrained, 0, 0, course).finally(() => untrained.dispose());
    const trained = await train({ config, run, progress, ...(signal && { stop: signal }) });
    signal?.throwIfAborted();
    const { model } = await loadModel(run);
    const after = await verify(model, epochs, trained.steps, course).finally(() => model.dispose());
    const caption =
      '2 Where it is most wrong - one person far apart, then two people close, with their squared distance';
    await writePicture(run, caption, await hardestPairs(config, unseen, pairs, after.scores));
    return {
      untrained: before.figures,
      trained: after.figures,
      imagesPerSecond: trained.imagesPerSecond,
      run,
      report: await writeReport(run),
      ...seen,
      unseen: { ...others, pairs: pairs.pairs.length },
      reducedTo: course.reduce,
      seconds: (performance.now() - began) / 1000,
    };
  } finally {
    await faces.close();
    await unseen.close();
  }
}

async function writeConfig(
  run: string,
  { images, ...settings }: { faces: string; size: number; epochs: number; seed: number; images: number },
): Promise<Config> {
  await makeFolder(run);
  const path = join(run, 'demo.yaml');
  const steps = Math.floor(images / DEMO_BATCH) * settings.epochs;
  await writeFile(path, demoConfig({ ...settings, steps }));
  return readConfig(path);
}

interface Course {
  config: Config;
  run: string;
  unseen: IndexedSource;
  pairs: PairProtocol;
  reduce: number;
  signal: AbortSignal | undefined;
  progress: Progress;
}

/** Verifies a model on clean and on reduced faces, and writes both into the run's evaluations. */
async function verify(
  model: Model,
  epoch: number,
  step: number,
  { config, run, unseen, pairs, reduce, signal, progress }: Course,
): Promise<{ figures: DemoFigures; scores: PairScores }> {
  const { threads } = config.train;
  const lines: EvaluationLine[] = [];
  const all: PairScores[] = [];
  for (const to of [undefined, reduce]) {
    const began = performance.now();
    const options = { protocol: pairs, faces: unseen, reduce: to, threads, progress, ...(signal && { signal }) };
    const scores = await scorePairs(model, options);
    const line = evaluationLine(scores, { epoch, step, seconds: (performance.now() - began) / 1000 });
    await appendLine(runFolder(run).evaluations, line);
    lines.push(line);
    all.push(scores);
  }
  const [clean, degraded] = lines.map(({ accuracy }) => accuracy.mean) as [number, number];
  return { figures: { accuracy: clean, degraded }, scores: all[0]! };
}

const count = (value: number): string => value.toLocaleString('en-GB');
