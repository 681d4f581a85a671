import { join } from 'node:path';
import { FormatError } from '../pipeline/errors.ts';
import { readText } from '../pipeline/files/read.ts';
import type { Trials } from '../pipeline/items.ts';
import type { IndexedSource } from './indexed.ts';
import { integerTable } from './integerTable.ts';
import { listed } from './listed.ts';
import { parseDetectorScores } from './parse/detectorScores.ts';

export type IjbSubset = 'ijbb' | 'ijbc';

/** Whom each image of the list belongs to, by ids. */
export interface IjbImages {
  templates: Int32Array;
  media: Int32Array;
}

/**
 * The images of IJB-B or IJB-C: template and media of each line of `ijbX_face_tid_mid.txt`.
 *
 * ```ts
 * const { templates, media } = await ijbImages('meta', 'ijbc');
 * ```
 *
 * @param folder the official files
 * @throws FileError, or FormatError with the byte offset of what is wrong
 */
export async function ijbImages(folder: string, subset: IjbSubset): Promise<IjbImages> {
  const path = join(folder, `${subset}_face_tid_mid.txt`);
  const templates: number[] = [];
  const media: number[] = [];
  // The image is 'N.jpg' in the official file: a name, of which a number is all that differs.
  const text = await readText(path);
  for (const [i, line] of text.split('\n').entries()) {
    const fields = line.trim().split(/\s+/);
    if (fields[0] === '') continue;
    const [template, medium] = [Number(fields[1]), Number(fields[2])];
    if (fields.length !== 3 || !isId(template) || !isId(medium))
      throw new FormatError(path, undefined, `'image template media' in line ${i + 1}`, line.trim());
    templates.push(template);
    media.push(medium);
  }
  return { templates: Int32Array.from(templates), media: Int32Array.from(media) };
}

/**
 * How sure the detector was of each image: the last number of the lines of `ijbX_name_5pts_score.txt`.
 *
 * @param images of the list; the files must agree
 */
export async function ijbDetectorScores(folder: string, subset: IjbSubset, images: number): Promise<Float64Array> {
  const path = nameList(folder, subset);
  const { scores } = parseDetectorScores(await readText(path), path);
  if (scores.length !== images)
    throw new FormatError(path, undefined, `${images} lines, as in ${subset}_face_tid_mid.txt`, `${scores.length}`);
  return scores;
}

/**
 * The images of IJB-B or IJB-C in the order of `ijbX_name_5pts_score.txt`, each with the five landmarks that stand there.
 *
 * ```ts
 * const faces = await ijbFaces(imageFolder('loose_crop'), 'meta', 'ijbc');
 * ```
 *
 * @param crops the images that the landmarks were found in: the official loose crops
 * @throws FileError, FormatError; once opened, what `listed` throws for crops that are missing
 */
export async function ijbFaces(crops: IndexedSource, folder: string, subset: IjbSubset): Promise<IndexedSource> {
  const path = nameList(folder, subset);
  const { names, points } = parseDetectorScores(await readText(path), path);
  return listed(crops, names, points);
}

/**
 * The trials of 1:1 verification, from `ijbX_template_pair_label.txt`, genuine ones first.
 *
 * In plain words: the file is read twice, once to count, so that millions of trials take eight bytes each and no more.
 *
 * @param numberOf number of the template with this id, -1 where there is none
 * @throws FileError; FormatError for a template without images, or a label that is not 0 or 1
 */
export async function ijbTrials(
  folder: string,
  subset: IjbSubset,
  numberOf: (template: number) => number,
): Promise<Trials> {
  const path = join(folder, `${subset}_template_pair_label.txt`);
  let total = 0;
  let genuine = 0;
  for await (const rows of integerTable(path, 3)) {
    for (let i = 2; i < rows.length; i += 3) {
      const label = rows[i]!;
      if (label > 1) throw new FormatError(path, undefined, `a label 0 or 1 in trial ${total + 1}`, `${label}`);
      genuine += label;
      total++;
    }
  }
  const pairs = new Uint32Array(2 * total);
  const template = (id: number): number => {
    const number = numberOf(id);
    if (number < 0) throw new FormatError(path, undefined, `templates of ${subset}_face_tid_mid.txt`, `${id}`);
    return number;
  };
  let [same, other] = [0, genuine];
  for await (const rows of integerTable(path, 3)) {
    for (let i = 0; i < rows.length; i += 3) {
      const at = 2 * (rows[i + 2] === 1 ? same++ : other++);
      pairs[at] = template(rows[i]!);
      pairs[at + 1] = template(rows[i + 1]!);
    }
  }
  return { pairs, genuine };
}

function nameList(folder: string, subset: IjbSubset): string {
  return join(folder, `${subset}_name_5pts_score.txt`);
}

function isId(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value < 2 ** 31;
}
