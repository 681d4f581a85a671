import { basename } from 'node:path';
import { decodeFace } from '../pipeline/bytes/faces.ts';
import type { Fault } from '../pipeline/contracts.ts';
import { FileError, FormatError } from '../pipeline/errors.ts';
import { expand } from '../pipeline/files/glob.ts';
import { list, open, stat } from '../pipeline/files/read.ts';
import type { Sample } from '../pipeline/items.ts';
import { type Index, indexed, type IndexedSource } from './indexed.ts';
import { closePlaces, noPlaces, placeOf, readPlaces } from './places.ts';
import { shardIndex } from './shardIndex.ts';

/**
 * Faces in shards of our own (NAME-000000.faces), in the order in which they were written.
 *
 * In plain words: images, labels, names, landmarks and variation labels in files that open at once, since each ends with
 * its index, and where any image is read at once. Every byte is under a CRC: what is damaged is found and named.
 * A damaged record keeps its place and comes with `damage` instead of `bytes`: in training `prepare` puts a substitute
 * there. A damaged index is a fault, and the shard is walked instead.
 *
 * @example
 * const source = shards('data/train'); // the folder that `rxface convert` or `toShards` made
 * await source.open();
 *
 * @param pattern a folder of shards, a shard, or a fast-glob pattern over several that share their labels
 * @throws FileError nothing there; FormatError no shard, one of a later version, or shards that call one label by two names
 */
export function shards(pattern: string): IndexedSource {
  return indexed(`shards ${basename(pattern)}`, [], () => build(pattern));
}

/** Whether a file is named as a shard. */
export function isShardName(path: string): boolean {
  return path.endsWith('.faces') && !basename(path).startsWith('.');
}

async function build(pattern: string): Promise<Index> {
  const places = noPlaces();
  const ids: string[] = [];
  const labels: number[] = [];
  const names: string[] = [];
  const faults: Fault[] = [];
  let pointsMissing = 0;
  let classes = 0;
  try {
    const { paths, isFolder } = await shardFiles(pattern);
    const sets = new Sets();
    for (const path of paths) {
      const file = await open(path);
      const number = places.files.push(file) - 1;
      places.paths.push(path);
      const index = await shardIndex(file);
      if (isFolder) sets.add(path, index.last);
      index.labels.forEach((label, i) => {
        const name = index.people.get(label) ?? String(label);
        if (label >= 0 && (names[label] ??= name) !== name) {
          const expected = `label ${label} to be '${names[label]}' as in the shards before; other people are another source`;
          throw new FormatError(path, index.offsets[i], expected, name);
        }
        ids.push(index.keys[i]!);
        labels.push(label);
        places.file.push(number);
        places.offset.push(index.offsets[i]!);
        places.size.push(index.sizes[i]!);
      });
      classes = Math.max(classes, index.classes, names.length);
      pointsMissing += index.pointsMissing;
      for (const fault of index.faults) faults.push(fault);
    }
    sets.end();
    if (ids.length === 0) throw new FormatError(pattern, undefined, 'a record that can be used', faults[0]?.reason);
  } catch (error) {
    await closePlaces(places);
    throw error;
  }
  return {
    classes: Array.from({ length: classes }, (_, label) => names[label] ?? String(label)),
    labels: Int32Array.from(labels),
    pointsMissing,
    faults,
    id: (i) => ids[i]!,
    place: (i) => placeOf(places, i),
    read: (at) => readPlaces(places, at, heldIn),
    close: () => closePlaces(places),
  };
}

function heldIn(record: Uint8Array): Pick<Sample, 'bytes' | 'damage' | 'points' | 'pointsMissing' | 'variation'> {
  const face = decodeFace(record);
  if (typeof face === 'string') return { damage: face };
  const { key: _key, label: _label, person: _person, ...held } = face;
  return held;
}

async function shardFiles(pattern: string): Promise<{ paths: string[]; isFolder: boolean }> {
  const paths = await expand(pattern);
  const [first] = paths as [string];
  if (paths.length > 1 || (await stat(first)).kind !== 'folder') return { paths, isFolder: false };
  const shardsThere = (await list(first)).filter(({ name }) => isShardName(name));
  if (shardsThere.length === 0) throw new FileError(first, 'no .faces file lies in it');
  return { paths: shardsThere.map(({ path }) => path), isFolder: true };
}

/** In a folder a set is whole: its shards are numbered from 0, and its end says that it is the end. */
class Sets {
  readonly #next = new Map<string, { path: string; last: boolean }>();

  /** One more shard, in the order of their names. @throws FileError where one before it is missing */
  add(path: string, last: boolean): void {
    const [, set, number] = /^(.*)-(\d{6,})\.faces$/.exec(path) ?? [];
    if (set === undefined) return;
    const expected = this.#next.get(set)?.path ?? `${set}-000000.faces`;
    if (path !== expected) throw new FileError(expected, 'this shard is missing, later ones are there');
    this.#next.set(set, { path: `${set}-${String(Number(number) + 1).padStart(6, '0')}.faces`, last });
  }

  /** @throws FileError where the last one is missing */
  end(): void {
    for (const { path, last } of this.#next.values())
      if (!last) throw new FileError(path, 'this shard is missing, the one before it is not the last');
  }
}
