import { join } from 'node:path';
import { FormatError } from '../pipeline/errors.ts';
import { readFile } from '../pipeline/files/read.ts';
import { parseMat } from './parse/mat.ts';

/** Whom the images of TinyFace's probes and matches show, by their names without extension; people are numbered otherwise than in names. */
export type TinyFacePeople = Record<'Probe' | 'Gallery_Match', Map<string, number>>;

const FILES = { Probe: 'probe', Gallery_Match: 'gallery_match' } as const;
const PREFIX = { Probe: 'probe', Gallery_Match: 'gallery' } as const;

/**
 * TinyFace's official lists, `probe_img_ID_pairs.mat` and `gallery_match_img_ID_pairs.mat`: names and people side by side.
 *
 * ```ts
 * const people = await tinyFacePeople('tinyface_protocol');
 * console.log(people.Probe.size); // 3728
 * ```
 *
 * @param folder of both
 * @throws FileError, FormatError for files that hold something else
 */
export async function tinyFacePeople(folder: string): Promise<TinyFacePeople> {
  const [probes, matches] = await Promise.all([listOf(folder, 'Probe'), listOf(folder, 'Gallery_Match')]);
  return { Probe: probes, Gallery_Match: matches };
}

async function listOf(folder: string, kind: keyof TinyFacePeople): Promise<Map<string, number>> {
  const path = join(folder, `${FILES[kind]}_img_ID_pairs.mat`);
  const variables = parseMat(await readFile(path), path);
  const [ids, names] = [`${PREFIX[kind]}_ids`, `${PREFIX[kind]}_set`].map((name) => variables.get(name)?.data);
  if (!Array.isArray(ids) || !Array.isArray(names) || ids.length !== names.length)
    throw new FormatError(path, undefined, `${PREFIX[kind]}_ids and ${PREFIX[kind]}_set, one of each an image`);
  return new Map(
    names.map((cell, i) => {
      const [name, person] = [typeof cell === 'object' ? cell.data : undefined, ids[i]];
      if (typeof name !== 'string' || typeof person !== 'number')
        throw new FormatError(path, undefined, `a name and a person at ${i + 1}`);
      return [name.replace(/\.[a-z]+$/i, ''), person];
    }),
  );
}
