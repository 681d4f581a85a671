import type { ReadHandle } from '../pipeline/files/read.ts';
import { readSpans } from '../pipeline/files/spans.ts';

/** Where the images of a source lie, as columns: number of the file, first byte, bytes. */
export interface Places {
  files: ReadHandle[];
  /** What the user calls each file; its handle may be of an unpacked copy. */
  paths: string[];
  file: number[];
  offset: number[];
  size: number[];
}

export function noPlaces(): Places {
  return { files: [], paths: [], file: [], offset: [], size: [] };
}

export function placeOf(places: Places, i: number): { file: string; offset: number } {
  return { file: places.paths[places.file[i]!]!, offset: places.offset[i]! };
}

/** What `take` makes of the bytes at the places of these numbers, in this order; the bytes are gone after it, so what it keeps it copies. */
export async function readPlaces<T>(places: Places, at: Int32Array, take: (bytes: Uint8Array) => T): Promise<T[]> {
  const found: T[] = [];
  const byFile = new Map<number, number[]>();
  at.forEach((place, i) => {
    const number = places.file[place]!;
    const mine = byFile.get(number);
    if (mine) mine.push(i);
    else byFile.set(number, [i]);
  });
  await Promise.all(
    Array.from(byFile, async ([number, mine]) => {
      const offsets = mine.map((i) => places.offset[at[i]!]!);
      const lengths = mine.map((i) => places.size[at[i]!]!);
      await readSpans(places.files[number]!, { offsets, lengths }, (bytes, k) => (found[mine[k]!] = take(bytes)));
    }),
  );
  return found;
}

export async function closePlaces({ files }: Places): Promise<void> {
  await Promise.all(files.map((file) => file.close()));
}
