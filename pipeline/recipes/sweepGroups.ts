import { join } from 'node:path';
import { ensureEngine, type Progress } from 'rxface';
import type { Bias } from 'rxface/operators';
import { exists, readText, stat } from '../files/read.ts';
import { writeFile } from '../files/write.ts';
import { dataPath } from './data.ts';
import { evaluateByGroup } from './evaluateByGroup.ts';
import { evaluateGroups } from './evaluateGroups.ts';
import { above, path, section, z } from './fields.ts';
import { loadModel } from './loadModel.ts';
import type { Config } from './schema.ts';

const KINDS = 'a section with data, labels and column, or with lists';

/** Groups of people that a model may err unequally on. */
export const groupsSchema = z.union(
  [
    /** Faces with a table of their groups: errors are false match rates at one threshold for all. */
    section({ data: path, labels: path, column: path, far: above(0, 1).default(1e-3) }),
    /** A list of pairs for each group, as RFW has them: errors are 1 - accuracy. `data`: the images that lists of lines name. */
    section({ lists: z.array(path, { error: KINDS }).min(2, { error: 'at least two lists' }), data: path.optional() }),
  ],
  { error: KINDS },
);

export type Groups = z.output<typeof groupsSchema>;

/** How unequally a run's model errs over groups. */
export type RunBias = Pick<Bias, 'std' | 'ratio'>;

/** A run of a sweep. */
interface SweptRun {
  run: string;
  config: Config;
}

const fileOf = (run: string): string => join(run, 'groups.json');

/** What was found of a finished run; undefined where these groups have not been asked. */
export async function biasOf(run: string, groups: Groups): Promise<RunBias | undefined> {
  const file = fileOf(run);
  if (!(await exists(file))) return undefined;
  const written = JSON.parse(await readText(file)) as { asked: Groups; bias: { std: number; ratio: number | null } };
  if (JSON.stringify(written.asked) !== JSON.stringify(groups)) return undefined;
  const { std, ratio } = written.bias;
  return { std, ratio: ratio ?? Infinity };
}

/** Looks whether everything a run will be asked about is there, before hours of training. @throws FileError where not */
export async function checkGroups({ config: { data } }: Pick<SweptRun, 'config'>, groups: Groups): Promise<void> {
  const files = 'lists' in groups ? [...groups.lists, groups.data] : [groups.data, groups.labels];
  for (const file of files) if (file !== undefined) await stat(dataPath(file, data.root));
}

/**
 * Asks the newest checkpoint of a run about groups of people, and writes what it says into the run's folder: 'groups.json'. Nothing is
 * written where it is stopped before.
 *
 * @throws what evaluateGroups and evaluateByGroup throw; FileError where the run has no checkpoint
 */
export async function askGroups(
  { run, config: { data, train } }: SweptRun,
  groups: Groups,
  { stop, progress }: { stop?: AbortSignal; progress: Progress },
): Promise<void> {
  await ensureEngine({ say: progress.note, show: process.stderr.isTTY, ...(stop && { signal: stop }) });
  const { model } = await loadModel(run);
  const given = { threads: train.threads, progress, ...(stop && { signal: stop }) };
  const at = (file: string): string => dataPath(file, data.root);
  try {
    const found =
      'lists' in groups
        ? await evaluateByGroup(model, {
            ...given,
            lists: groups.lists.map(at),
            ...(groups.data !== undefined && { data: at(groups.data) }),
          })
        : await evaluateGroups(model, { ...given, ...groups, data: at(groups.data), labels: at(groups.labels) });
    await writeFile(fileOf(run), `${JSON.stringify({ asked: groups, ...found }, null, 2)}\n`);
  } catch (error) {
    if (!stop?.aborted) throw error;
  } finally {
    model.dispose();
  }
}
