import { basename, join, resolve } from 'node:path';
import { OptionError, type Factor, type Sample, type StepItem } from 'rxface';
import { contactSheet } from 'rxface/operators';
import { page, type Picture } from 'rxface/sinks';
import type { IndexedSource } from 'rxface/sources';
import { writeFile } from '../files/write.ts';
import { readConfig } from './config.ts';
import { trainingFaces } from './data.ts';
import { marginFigures, ownOf, type MarginFigures } from './marginFigures.ts';
import { lossByVolume, type VolumeLoss } from './marginLoss.ts';
import { marginRecords, type MarginRecord, type MarginRecords } from './marginRecords.ts';
import { marginLead, marginSections } from './marginSections.ts';
import { redraw } from './redraw.ts';
import { configOf, readLines, runFolder } from './runFolder.ts';
import type { Config } from './schema.ts';

export interface MarginReportOptions {
  run: string;
  /** Runs of other methods on the same people, whose losses are set beside its own. */
  beside?: readonly string[];
  /** Where relative data begin, if not where the run had them. */
  dataRoot?: string;
  say?: (line: string) => void;
}

/** Where the report is, and the figures it is made of. */
export interface MarginReport extends MarginFigures {
  report: string;
  steps: MarginRecords['steps'];
  losses: VolumeLoss[];
}

/** Faces in a row of a sheet, and their side in pixels. */
const SHEET = { columns: 8, tile: 96 };

/**
 * Writes margins.html into the folder of a run with a meta set: what margins its faces were given, by variation, by class and by how many
 * images their people have, and the faces at either end as the step saw them. One file that needs no other and no script.
 *
 * Figures are of the faces that steps reported (`meta.logPerVariationEvery`); a run that was killed and resumed has the same ones.
 *
 * @throws OptionError where the run learned no margins or recorded none; FileError, FormatError for its data
 */
export async function writeMarginReport(options: MarginReportOptions): Promise<MarginReport> {
  const { run, beside = [], dataRoot, say = () => {} } = options;
  const config = await readConfig(configOf(run), dataRoot === undefined ? [] : [`data.root=${dataRoot}`]);
  if (config.meta?.rule.name !== 'mvcom') {
    throw new OptionError('report margins', 'run', 'a training with meta.rule mvcom, whose residuals are margins', run);
  }
  const { faces: records, steps } = marginRecords(await readLines<StepItem>(runFolder(run).steps));
  if (records.length === 0) {
    const expected = 'above 0: the run has recorded no sample';
    throw new OptionError('report margins', 'meta.logPerVariationEvery', expected, config.meta.logPerVariationEvery);
  }
  const { faces, close } = await trainingFaces(config.data);
  try {
    const counts = new Int32Array(faces.classes!.length);
    for (const label of faces.labels) counts[label]!++;
    const { head } = config;
    const perCosine = head.name === 'classvolume' && head.units === 'logit' ? head.s : 1;
    const figures = marginFigures(records, counts, { perCosine });
    const losses = await lossByVolume({ runs: [run, ...beside], config, faces, counts, say });
    const pictures = await sheets(config, faces, records, figures);
    const report = join(run, 'margins.html');
    const shown = { figures, records, steps, losses, pictures };
    const title = `${basename(resolve(run))}: margins`;
    await writeFile(report, page({ title, lead: marginLead(shown), sections: marginSections(shown) }));
    return { report, steps, ...figures, losses };
  } finally {
    await close();
  }
}

/** Of each variation the faces at either end, as the step saw them. */
async function sheets(
  { model: { size }, augment, train: { seed } }: Config,
  faces: IndexedSource,
  records: readonly MarginRecord[],
  { variations }: MarginFigures,
): Promise<Partial<Record<Factor, Picture[]>>> {
  const byIndex = new Map(records.map((record) => [record.index, record]));
  const keys = [...new Set(variations.flatMap(({ largest, smallest }) => [...largest, ...smallest]))].map((index) => byIndex.get(index)!); // prettier-ignore
  const seen = new Map<number, Sample>();
  await redraw({ faces, keys: keys.map(({ epoch, position, index }) => ({ epoch, position, index })), seed, stage: 'prepare', size, augment, threads: 0 }, (face) => seen.set(face.index, face)); // prettier-ignore
  const sheet = async (factor: Factor, indices: readonly number[], caption: string): Promise<Picture> => {
    const images = indices.map((index) => ({ height: size[0], width: size[1], data: seen.get(index)!.pixels! }));
    const captions = indices.map((index) => captionOf(byIndex.get(index)!, factor));
    return { png: await contactSheet(images, { ...SHEET, captions }), caption };
  };
  const made = variations.map(async ({ factor, largest, smallest }) => {
    const both = [
      await sheet(factor, largest, `Largest residuals by ${factor}`),
      await sheet(factor, smallest, `Smallest residuals by ${factor}`),
    ];
    return [factor, both] as const;
  });
  return Object.fromEntries(await Promise.all(made));
}

/** '+0.081 class 5'. */
function captionOf(record: MarginRecord, factor: Factor): string {
  const own = ownOf(record, factor)!;
  const label = record.variation[factor];
  return `${own < 0 ? '-' : '+'}${Math.abs(own).toFixed(3)}${label === undefined ? '' : ` class ${label}`}`;
}
