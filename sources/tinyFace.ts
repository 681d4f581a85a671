import { FormatError } from '../pipeline/errors.ts';
import { readText } from '../pipeline/files/read.ts';
import { copies } from './copies.ts';
import type { IndexedSource } from './indexed.ts';

/** Which rows of TinyFace are what, and whom they show. */
export interface TinyFaceList {
  images: number;
  probes: { rows: Int32Array; people: Int32Array };
  /** Matches, then distractors, which show nobody (-100). */
  gallery: { rows: Int32Array; people: Int32Array };
}

const DISTRACTOR = -100;
const KINDS = ['Probe', 'Gallery_Match', 'Gallery_Distractor'] as const;
type Kind = (typeof KINDS)[number];

/**
 * TinyFace from a list of paths, one a line: the folder says Probe, Gallery_Match or Gallery_Distractor, the name begins with the
 * person's number and an underscore.
 *
 * ```ts
 * const { probes, gallery } = await tinyFace('names.txt');
 * ```
 *
 * @throws FileError, FormatError naming the line that is none of these
 */
export async function tinyFace(path: string): Promise<TinyFaceList> {
  const names = (await readText(path)).split('\n').filter((line) => line.trim() !== '');
  return listOf(names.map((name, i) => shown(name, path, `in line ${i + 1}`)));
}

/**
 * The images of TinyFace's Testing_Set, and which of them are what: probes first, so that a gallery need not be kept.
 *
 * ```ts
 * const { faces, list } = tinyFaceImages(images);
 * console.log(faces.length === list.images); // true
 * ```
 *
 * @param source open
 * @throws FormatError naming the image that lies in none of the three folders, or names nobody
 */
export function tinyFaceImages(source: IndexedSource): { faces: IndexedSource; list: TinyFaceList } {
  const ids = Array.from(source.labels, (_, i) => source.id(i));
  const all = ids.map((id) => shown(id, source.name, ''));
  const order = KINDS.flatMap((kind) => [...all.keys()].filter((i) => all[i]!.kind === kind));
  return {
    faces: copies(source, () => order.map((index) => ({ index, id: ids[index]! }))),
    list: listOf(order.map((i) => all[i]!)),
  };
}

interface Shown {
  kind: Kind;
  person: number;
}

/** What an image is and whom it shows, by its path. */
function shown(path: string, file: string, where: string): Shown {
  const parts = path.trim().replaceAll('\\', '/').split('/');
  const kind = parts.slice(0, -1).findLast((part): part is Kind => KINDS.includes(part as Kind));
  const person = /^(\d+)_/.exec(parts.at(-1)!)?.[1];
  if (kind === undefined || (person === undefined && kind !== 'Gallery_Distractor'))
    throw new FormatError(file, undefined, `Probe, Gallery_Match or Gallery_Distractor and a person ${where}`.trim(), path); // prettier-ignore
  return { kind, person: kind === 'Gallery_Distractor' ? DISTRACTOR : Number(person) };
}

function listOf(all: readonly Shown[]): TinyFaceList {
  const of = (...kinds: Kind[]): TinyFaceList['probes'] => {
    const rows = kinds.flatMap((kind) => [...all.keys()].filter((row) => all[row]!.kind === kind));
    return { rows: Int32Array.from(rows), people: Int32Array.from(rows, (row) => all[row]!.person) };
  };
  return { images: all.length, probes: of('Probe'), gallery: of('Gallery_Match', 'Gallery_Distractor') };
}
