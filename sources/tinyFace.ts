import { FormatError, RxfaceError } from '../pipeline/errors.ts';
import { readText } from '../pipeline/files/read.ts';
import { copies } from './copies.ts';
import type { IndexedSource } from './indexed.ts';
import type { TinyFacePeople } from './tinyFacePeople.ts';

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
 * @param lists of the official lists: what they name must be there, and be the people they say
 * @throws FileError, FormatError naming the line that is none of these
 */
export async function tinyFace(path: string, lists?: TinyFacePeople): Promise<TinyFaceList> {
  const names = (await readText(path)).split('\n').filter((line) => line.trim() !== '');
  const all = names.map((name, i) => shown(name, path, `in line ${i + 1}`));
  if (lists) demandAll(all, lists, path);
  return listOf(all);
}

/**
 * The images of TinyFace's Testing_Set, and which of them are what: probes first, so that a gallery need not be kept.
 *
 * ```ts
 * const { faces, list } = tinyFaceImages(await openSource('Testing_Set'));
 * console.log(faces.length === list.images); // true
 * ```
 *
 * @param source open
 * @param lists as of `tinyFace`
 * @throws FormatError naming the image that lies in none of the three folders, or names nobody; RxfaceError for what `lists` have more
 */
export function tinyFaceImages(
  source: IndexedSource,
  lists?: TinyFacePeople,
): { faces: IndexedSource; list: TinyFaceList } {
  const ids = Array.from(source.labels, (_, i) => source.id(i));
  const all = ids.map((id) => shown(id, source.name, ''));
  if (lists) demandAll(all, lists, source.name);
  const order = KINDS.flatMap((kind) => [...all.keys()].filter((i) => all[i]!.kind === kind));
  return {
    faces: copies(source, () => order.map((index) => ({ index, id: ids[index]! }))),
    list: listOf(order.map((i) => all[i]!)),
  };
}

interface Shown {
  kind: Kind;
  /** Of the image, without folders and extension. */
  name: string;
  person: number;
}

/** What an image is and whom it shows, by its path. */
function shown(path: string, file: string, where: string): Shown {
  const parts = path.trim().replaceAll('\\', '/').split('/');
  const kind = parts.slice(0, -1).findLast((part): part is Kind => KINDS.includes(part as Kind));
  const person = /^(\d+)_/.exec(parts.at(-1)!)?.[1];
  if (kind === undefined || (person === undefined && kind !== 'Gallery_Distractor'))
    throw new FormatError(file, undefined, `Probe, Gallery_Match or Gallery_Distractor and a person ${where}`.trim(), path); // prettier-ignore
  const name = parts.at(-1)!.replace(/\.[a-z]+$/i, '');
  return { kind, name, person: kind === 'Gallery_Distractor' ? DISTRACTOR : Number(person) };
}

/** @throws RxfaceError where an image that the lists name is missing, or names and lists disagree on who is one person: each count their own way */
function demandAll(all: readonly Shown[], lists: TinyFacePeople, where: string): void {
  const numbers = new Map<number, number>();
  for (const kind of ['Probe', 'Gallery_Match'] as const) {
    const found = new Map(all.filter((one) => one.kind === kind).map(({ name, person }) => [name, person]));
    const missing = [...lists[kind].keys()].filter((name) => !found.has(name));
    if (missing.length > 0)
      throw new RxfaceError(
        `${where}: ${missing.length} of the ${lists[kind].size} images of ${kind} are missing, the first is '${missing[0]}'`,
      );
    for (const [name, listed] of lists[kind]) {
      const person = found.get(name)!;
      if (!numbers.has(listed)) numbers.set(listed, person);
      if (numbers.get(listed) !== person)
        throw new RxfaceError(`${where}: the lists have '${name}' as person ${listed}, who is ${numbers.get(listed)} by name elsewhere`); // prettier-ignore
    }
  }
}

function listOf(all: readonly Shown[]): TinyFaceList {
  const of = (...kinds: Kind[]): TinyFaceList['probes'] => {
    const rows = kinds.flatMap((kind) => [...all.keys()].filter((row) => all[row]!.kind === kind));
    return { rows: Int32Array.from(rows), people: Int32Array.from(rows, (row) => all[row]!.person) };
  };
  return { images: all.length, probes: of('Probe'), gallery: of('Gallery_Match', 'Gallery_Distractor') };
}
