import { columnsOf, parseCsv } from '../pipeline/bytes/csv.ts';
import { gunzip } from '../pipeline/bytes/gzip.ts';
import { FormatError } from '../pipeline/errors.ts';
import { readFile } from '../pipeline/files/read.ts';
import { ETHNICITIES } from '../pipeline/items.ts';
import type { LabelOf } from './labelled.ts';
import { parseLandmarkTable } from './parse/landmarkTable.ts';

/**
 * FairFace's seven groups as the four of MvCoM; those that are none of them (Latino_Hispanic, Southeast Asian, Middle Eastern)
 * are left out.
 */
export const FAIRFACE_GROUPS: Readonly<Record<string, number>> = {
  Black: ETHNICITIES.indexOf('African American'),
  White: ETHNICITIES.indexOf('Caucasian'),
  'East Asian': ETHNICITIES.indexOf('East Asian'),
  Indian: ETHNICITIES.indexOf('South Asian'),
};

/**
 * Labels from a column of a table, plain or gzipped, whose column `image` has the ids.
 *
 * ```ts
 * const ethnicity = await columnLabels('labels.csv', { column: 'race', classes: { White: 1, Black: 0 } });
 * ```
 *
 * @param options.classes label of each text in the column; an image with another text has none. Absent: the texts are the labels
 * @throws FileError, FormatError for a column that is missing; a text that is no label, where `classes` is absent, when it is asked for
 */
export async function columnLabels(
  path: string,
  { column, classes }: { column: string; classes?: Readonly<Record<string, number>> | undefined },
): Promise<LabelOf> {
  const textOf = await valuesOf(path, column);
  return (id) => {
    const text = textOf(id);
    if (text === undefined) return undefined;
    if (classes !== undefined) return Object.hasOwn(classes, text) ? classes[text] : undefined;
    if (!/^\d+$/.test(text)) throw new FormatError(path, undefined, `a label in ${column} of '${id}'`, text);
    return Number(text);
  };
}

/**
 * The texts of a column of a table, plain or gzipped, by the ids in its column `image`; undefined where there is none.
 *
 * @throws FileError, FormatError for a column that is missing
 */
export async function valuesOf(path: string, column: string): Promise<(id: string) => string | undefined> {
  const table = parseCsv(gunzip(await readFile(path), path), path);
  const [image = 0, at = 0] = columnsOf(table, ['image', column], path);
  const texts = new Map(table.rows.map((row) => [row[image]!, row[at]!]));
  return (id) => texts.get(id) || undefined;
}

/**
 * Labels from a table of five landmarks per image (see `landmarks`), which need not be those of the image as it is stored:
 * a pose does not change when a face is moved, scaled or turned in the image.
 *
 * ```ts
 * const pose = await landmarkLabels('landmarks.csv', (points) => (points[4]! > points[0]! ? 3 : 0));
 * ```
 *
 * @param labelOf label of five x, y; undefined for none
 * @throws FileError, or FormatError for a table that is wrong
 */
export async function landmarkLabels(
  path: string,
  labelOf: (points: Float32Array) => number | undefined,
): Promise<LabelOf> {
  const table = parseLandmarkTable(gunzip(await readFile(path), path), path);
  return (id) => {
    const points = table.get(id);
    return points && labelOf(points);
  };
}
