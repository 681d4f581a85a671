import { join } from 'node:path';
import { OptionError, RxfaceError, type Progress, type StepItem } from 'rxface';
import { exists } from '../files/read.ts';
import { makeFolder, writeFile } from '../files/write.ts';
import { dueEvaluations, type EvaluationLine } from './evaluations.ts';
import { begunConfig } from './resume.ts';
import { configOf, readLines, runFolder } from './runFolder.ts';
import { readSweep, type Sweep, type SweepRun } from './sweepConfig.ts';
import { askGroups, biasOf, checkGroups, type Groups, type RunBias } from './sweepGroups.ts';
import { resultOf, tableOf, tableText, type SweepResult, type SweepTable } from './sweepTable.ts';
import { train } from './train.ts';

export interface SweepOptions {
  /** The sweep's file. */
  file: string;
  /** Values over the configs of all variants. */
  sets?: readonly string[];
  /** Where runs and table go. */
  folder: string;
  /** Only these; the table is of all. Default: all. */
  only?: { variants?: readonly string[]; seeds?: readonly number[] };
  /** Trains nothing. */
  tableOnly?: boolean;
  /** Aborted: the run that goes on writes a checkpoint, and the sweep ends. */
  stop?: AbortSignal;
  progress: Progress;
}

/** How a sweep stands: its table, and the runs that failed with their reasons. */
export interface SweepOutcome extends SweepTable {
  failed: { run: string; reason: string }[];
}

/**
 * Trains variants of one config with several seeds, and makes one table of what they come to: sweep.md and sweep.json in the folder.
 *
 * Where the sweep has groups of people, each run's model is asked about them in the end, for how unequally it errs.
 *
 * What is finished is left alone, what was begun goes on, so that a sweep may be interrupted at any time or be run in parts. A run that
 * fails, as one that diverges, does not keep the others from their turn.
 *
 * @throws OptionError for a variant or seed that the sweep has not; ConfigError, FileError
 */
export async function sweep(options: SweepOptions): Promise<SweepOutcome> {
  const { file, sets = [], folder, only = {}, tableOnly = false, stop, progress } = options;
  const plan = await readSweep(file, sets, folder);
  const { groups } = plan;
  const chosen = choose(plan, only);
  const failed: SweepOutcome['failed'] = [];
  await makeFolder(folder);
  for (const [i, one] of tableOnly ? [] : chosen.entries()) {
    if (stop?.aborted) break;
    const { config, run } = one;
    try {
      const { state, bias } = await standing(one, groups);
      if (state !== 'missing') await begunConfig(one);
      if (state === 'finished' && (groups === undefined || bias)) continue;
      progress.note(`sweep: ${i + 1} of ${chosen.length}, ${run}`);
      if (groups) await checkGroups(one, groups);
      const stopping = { progress, ...(stop && { stop }) };
      if (state !== 'finished') await train({ config, run, resume: state !== 'missing', ...stopping });
      if (groups && !stop?.aborted) await askGroups(one, groups, stopping);
      await writeTable(plan, folder);
    } catch (error) {
      if (!(error instanceof RxfaceError)) throw error;
      failed.push({ run, reason: error.message });
      progress.note(`sweep: ${run} failed: ${error.message}`);
    }
  }
  return { ...(await writeTable(plan, folder)), failed };
}

function choose({ variants, seeds, runs }: Sweep, only: NonNullable<SweepOptions['only']>): SweepRun[] {
  const known = <T>(option: string, all: readonly T[], wanted: readonly T[] | undefined): readonly T[] => {
    const stray = wanted?.find((one) => !all.includes(one));
    if (stray !== undefined) throw new OptionError('sweep', option, `one of ${all.join(', ')}`, stray);
    return wanted === undefined || wanted.length === 0 ? all : wanted;
  };
  const [names, numbers] = [known('--variant', variants, only.variants), known('--seed', seeds, only.seeds)];
  return runs.filter(({ variant, seed }) => names.includes(variant) && numbers.includes(seed));
}

async function writeTable({ variants, runs, groups }: Sweep, folder: string): Promise<SweepTable> {
  const results: SweepResult[] = [];
  for (const one of runs) {
    const { state, evaluations, bias } = await standing(one, groups);
    const { variant, seed, run } = one;
    const steps = state === 'finished' ? await readLines<StepItem>(runFolder(run).steps) : [];
    results.push(resultOf({ variant, seed, run }, state, { evaluations, steps, ...(bias && { bias }) }));
  }
  const table = tableOf(variants, results);
  await writeFile(join(folder, 'sweep.json'), `${JSON.stringify(table, null, 2)}\n`);
  await writeFile(join(folder, 'sweep.md'), tableText(table));
  return table;
}

/**
 * How far one training of a sweep has come, and how unequally it errs where it has been asked. Finished: every evaluation of the config has
 * been made after the last epoch.
 */
async function standing(
  { run, config }: SweepRun,
  groups: Groups | undefined,
): Promise<{ state: SweepResult['state']; evaluations: EvaluationLine[]; bias?: RunBias }> {
  if (!(await exists(configOf(run)))) return { state: 'missing', evaluations: [] };
  const evaluations = await readLines<EvaluationLine>(runFolder(run).evaluations);
  const { epochs: epoch } = config.train;
  const ended = evaluations.find((line) => line.epoch === epoch);
  const due = ended && dueEvaluations(config, evaluations, { epoch, step: ended.step });
  if (due?.length !== 0) return { state: 'begun', evaluations };
  const bias = groups && (await biasOf(run, groups));
  return { state: 'finished', evaluations, ...(bias && { bias }) };
}
