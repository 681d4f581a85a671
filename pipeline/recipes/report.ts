import { basename, join, resolve } from 'node:path';
import type { StepItem } from 'rxface';
import { page, type Picture } from 'rxface/sinks';
import { exists, list, readFile, readText, statIfThere } from '../files/read.ts';
import { makeFolder, writeFile } from '../files/write.ts';
import { MANIFEST_FILE, parseManifest, type Manifest } from '../manifest.ts';
import { readConfig } from './config.ts';
import type { EvaluationLine } from './evaluations.ts';
import { lead, sections } from './reportSections.ts';
import { checkpointsOf, configOf, readLines, runFolder } from './runFolder.ts';
import type { Config } from './schema.ts';

/** What a run folder says of its run. */
export interface RunRecord {
  config: Config;
  steps: StepItem[];
  evaluations: EvaluationLine[];
  /** Of the newest checkpoint; absent before the first. */
  manifest?: Manifest;
  pictures: Picture[];
}

/** Puts a PNG into a run folder for its report. @param name its caption, after a number that orders them: '1 Faces' */
export async function writePicture(run: string, name: string, png: Uint8Array): Promise<void> {
  await makeFolder(picturesOf(run));
  await writeFile(join(picturesOf(run), `${name}.png`), png);
}

function picturesOf(run: string): string {
  return join(run, 'pictures');
}

/**
 * Writes report.html into a run folder: what was trained on what, evaluations, curves, pictures and the config, in one file
 * that needs no other and no script.
 *
 * Everything is read from the folder, so that it can be written again at any time, also while the run goes on.
 *
 * @returns path of the report
 * @throws FileError, ConfigError where the folder holds no run
 */
export async function writeReport(run: string): Promise<string> {
  const record = await readRun(run);
  const path = join(run, 'report.html');
  await writeFile(path, page({ title: basename(resolve(run)), lead: lead(record), sections: sections(record) }));
  return path;
}

/** Whether the report is no older than what it tells of. */
export async function reportIsNew(run: string): Promise<boolean> {
  const { steps, evaluations } = runFolder(run);
  const [report, ...told] = await Promise.all([join(run, 'report.html'), steps, evaluations].map(statIfThere));
  return report !== undefined && told.every((file) => file === undefined || file.modified <= report.modified);
}

async function readRun(run: string): Promise<RunRecord> {
  const { steps, evaluations } = runFolder(run);
  const config = await readConfig(configOf(run));
  const newest = (await checkpointsOf(run)).toSorted((a, b) => b.step - a.step)[0];
  const manifest = newest && (await manifestOf(join(newest.path, MANIFEST_FILE)));
  return {
    config,
    steps: await readLines<StepItem>(steps),
    evaluations: await readLines<EvaluationLine>(evaluations),
    ...(manifest && { manifest }),
    pictures: await readPictures(picturesOf(run)),
  };
}

async function manifestOf(file: string): Promise<Manifest | undefined> {
  return (await exists(file)) ? parseManifest(await readText(file), file) : undefined;
}

async function readPictures(folder: string): Promise<Picture[]> {
  if (!(await exists(folder))) return [];
  const files = (await list(folder)).filter(({ name }) => name.endsWith('.png'));
  return Promise.all(
    files.map(async ({ name, path }) => ({ png: await readFile(path), caption: name.replace(/^\d+ |\.png$/g, '') })),
  );
}
