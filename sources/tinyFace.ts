import { FormatError } from '../pipeline/errors.ts';
import { readText } from '../pipeline/files/read.ts';

/** Which rows of TinyFace are what, and whom they show. */
export interface TinyFaceList {
  images: number;
  probes: { rows: Int32Array; people: Int32Array };
  /** Matches, then distractors, which show nobody (-100). */
  gallery: { rows: Int32Array; people: Int32Array };
}

const DISTRACTOR = -100;

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
  const found = { Probe: [], Gallery_Match: [], Gallery_Distractor: [] } as Record<string, [number, number][]>;
  names.forEach((line, row) => {
    const parts = line.trim().replaceAll('\\', '/').split('/');
    const folder = parts.slice(0, -1).findLast((part) => Object.hasOwn(found, part));
    const person = /^(\d+)_/.exec(parts.at(-1)!)?.[1];
    if (folder === undefined || (person === undefined && folder !== 'Gallery_Distractor'))
      throw new FormatError(path, undefined, `Probe, Gallery_Match or Gallery_Distractor and a person in line ${row + 1}`, line); // prettier-ignore
    found[folder]!.push([row, folder === 'Gallery_Distractor' ? DISTRACTOR : Number(person)]);
  });
  const list = (of: [number, number][]): TinyFaceList['probes'] => ({
    rows: Int32Array.from(of, ([row]) => row),
    people: Int32Array.from(of, ([, person]) => person),
  });
  return {
    images: names.length,
    probes: list(found['Probe']!),
    gallery: list([...found['Gallery_Match']!, ...found['Gallery_Distractor']!]),
  };
}
