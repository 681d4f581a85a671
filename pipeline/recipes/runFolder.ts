import { join } from 'node:path';
import { FormatError, OptionError } from '../errors.ts';
import { lock } from '../files/lock.ts';
import { exists, list, readFile, readText } from '../files/read.ts';
import { makeFolder, removeFolder, sweep, truncate, writeFile } from '../files/write.ts';
import { checkpointStep } from '../manifest.ts';
import type { Config } from './schema.ts';

/** Where a run keeps what it writes. */
export interface RunFolder {
  readonly path: string;
  /** One line a step. */
  readonly steps: string;
  /** One line an evaluation. */
  readonly evaluations: string;
  /** A line every few seconds: how the graph stands. */
  readonly metrics: string;
  /** A line a broken record; absent where there was none. */
  readonly quarantine: string;
  readonly checkpoints: string;
}

/** The names inside a run folder. */
export function runFolder(path: string): RunFolder {
  return {
    path,
    steps: join(path, 'steps.jsonl'),
    evaluations: join(path, 'evaluations.jsonl'),
    metrics: join(path, 'metrics.jsonl'),
    quarantine: join(path, 'quarantine.jsonl'),
    checkpoints: join(path, 'checkpoints'),
  };
}

/** How long the process that trains may give no sign of life, in milliseconds: longer than any step. */
const PATIENCE = 120_000;

/**
 * Takes a run folder for this process alone, and takes away what a process that was killed left there half-written.
 *
 * The lock of a process that is gone is taken over.
 * @return lets the folder go
 * @throws OptionError where another process trains in it; FileError where there is no such folder
 */
export async function holdRun(path: string): Promise<() => Promise<void>> {
  const file = join(path, '.lock');
  const waiting = (holder: number): never => {
    throw new OptionError(
      'train',
      '--run',
      'a folder in which no other process trains',
      `${path}: process ${holder} does`,
    );
  };
  const letGo = await lock(file, { waiting, patience: PATIENCE });
  try {
    for (const folder of [path, runFolder(path).checkpoints]) if (await exists(folder)) await sweep(folder);
    return letGo;
  } catch (error) {
    await letGo();
    throw error;
  }
}

/**
 * Makes the folder of a new run, held by this process, and writes its resolved config there.
 *
 * @throws OptionError where a run lies there already, two runs in one folder could not be told apart, or begins there now
 */
export async function beginRun(path: string, config: Config): Promise<RunFolder & { letGo(): Promise<void> }> {
  const run = runFolder(path);
  await makeFolder(run.checkpoints);
  const letGo = await holdRun(path);
  try {
    if (await exists(run.steps)) {
      throw new OptionError('train', '--run', `a new folder (or --resume ${path} to go on with the run there)`, path);
    }
    await writeFile(join(path, 'config.json'), `${JSON.stringify(config, null, 2)}\n`);
    return { ...run, letGo };
  } catch (error) {
    await letGo();
    throw error;
  }
}

/** Path of the resolved config of a run. */
export function configOf(path: string): string {
  return join(path, 'config.json');
}

/** The checkpoints of a run, damaged ones included; none where it was killed before the first. */
export async function checkpointsOf(path: string): Promise<{ step: number; path: string }[]> {
  const { checkpoints } = runFolder(path);
  const there = (await exists(checkpoints)) ? await list(checkpoints) : [];
  return there.flatMap((entry) => {
    const step = checkpointStep(entry.name);
    return step === undefined ? [] : [{ step, path: entry.path }];
  });
}

/**
 * Takes a run back to its checkpoint after `step` updates, or with 0 to its start: what came after is done again.
 *
 * Later checkpoints are damaged ones that were passed over. They go: left there, they would be taken for the newest.
 */
export async function rewindRun(path: string, step: number): Promise<RunFolder> {
  const run = runFolder(path);
  if (step > 0 || (await exists(run.steps))) await cutAfter(run.steps, step, 'iteration');
  if (await exists(run.evaluations)) await cutAfter(run.evaluations, step, 'step');
  for (const later of await checkpointsOf(path)) if (later.step > step) await removeFolder(later.path);
  return run;
}

/** Lines of a log as objects; none where there is no such file. */
export async function readLines<T>(file: string): Promise<T[]> {
  if (!(await exists(file))) return [];
  const lines = (await readText(file)).split('\n').filter((line) => line !== '');
  return lines.map((line) => parseLine(line, file) as T);
}

/** Keeps the leading lines whose `field` is at most `last`; a last line that was cut off goes too. */
async function cutAfter(file: string, last: number, field: string): Promise<void> {
  const bytes = await readFile(file);
  const decoder = new TextDecoder();
  let end = 0;
  let reached = 0;
  for (let at = bytes.indexOf(0x0a); at >= 0; at = bytes.indexOf(0x0a, end)) {
    const value = (parseLine(decoder.decode(bytes.subarray(end, at)), file) as Record<string, unknown>)[field];
    if (typeof value !== 'number' || value > last) break;
    reached = value;
    end = at + 1;
  }
  if (field === 'iteration' && reached !== last) {
    throw new FormatError(
      file,
      end,
      `the line of step ${last}, which the checkpoint follows`,
      `step ${reached} as the last`,
    );
  }
  await truncate(file, end);
}

function parseLine(line: string, file: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    throw new FormatError(file, undefined, 'a JSON object in each line', line);
  }
}
