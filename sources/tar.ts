import { basename } from 'node:path';
import { gunzipStream, isGzip } from '../pipeline/bytes/gzip.ts';
import type { Fault } from '../pipeline/contracts.ts';
import { FormatError } from '../pipeline/errors.ts';
import { expand } from '../pipeline/files/glob.ts';
import { open, readStream, type ReadHandle } from '../pipeline/files/read.ts';
import { spill } from '../pipeline/files/spill.ts';
import { isImageName } from './imageFolder.ts';
import { type Index, indexed, type IndexedSource } from './indexed.ts';
import { landmarks } from './landmarks.ts';
import { peopleOf } from './parse/people.ts';
import { closePlaces, noPlaces, placeOf, readPlaces } from './places.ts';
import { type TarMember, tarMembers } from './tarMembers.ts';

/**
 * Images (.jpg, .jpeg, .png, .webp) in one or more tars, plain or gzipped, in the order of the archives.
 *
 * In plain words: each image's person is the folder it lies in; folders sort as texts over all archives.
 * A gzipped tar is unpacked once into a nameless file in the temporary folder (TMPDIR), which any image is then read
 * from; memory holds only the index.
 *
 * @example
 * const source = tar('train-{0000..0009}.tar', { points: 'landmarks.csv.gz' });
 * await source.open();
 * source.length; // images
 *
 * @param pattern a path or a fast-glob pattern; what it matches is read in sorted order
 * @param options.points table of five landmarks per image (see `landmarks`)
 * @throws FileError nothing there; FormatError no tar, cut off within a head, or no image in it.
 *   An image that is empty, a symbolic link to one, and whatever the end of the archive cuts off is a fault.
 */
export function tar(pattern: string, options: { points?: string } = {}): IndexedSource {
  const source = indexed(`tar ${basename(pattern)}`, [], () => build(pattern));
  return options.points === undefined ? source : landmarks(source, options.points);
}

async function build(pattern: string): Promise<Index> {
  const places = noPlaces();
  const ids: string[] = [];
  const faults: Fault[] = [];
  try {
    for (const path of await expand(pattern)) {
      const archive = await openTar(path);
      const number = places.files.push(archive) - 1;
      places.paths.push(path);
      const first = ids.length;
      // Of this archive's images, once a link asks.
      let known: Map<string, number> | undefined;
      for await (const member of tarMembers(archive, path)) {
        const { name, offset, size, link } = member;
        if (!isImageName(name) && offset + size <= archive.bytes) continue;
        if (link) known ??= new Map(ids.slice(first).map((id, i) => [id, first + i]));
        const target = link?.hard ? known?.get(link.to) : undefined;
        const reason = target === undefined ? faultOf(member, archive.bytes) : undefined;
        if (reason !== undefined) {
          faults.push({ stage: 'tar', file: path, offset, reason: `'${name}' ${reason}` });
          continue;
        }
        known?.set(name, ids.length);
        ids.push(name);
        places.file.push(number);
        places.offset.push(target === undefined ? offset : places.offset[target]!);
        places.size.push(target === undefined ? size : places.size[target]!);
      }
    }
    if (ids.length === 0) {
      const reason = faults[0] ? `${faults.length} faults, first: ${faults[0].reason}` : 'none';
      throw new FormatError(pattern, faults[0]?.offset, 'images (.jpg, .jpeg, .png, .webp) in the tar', reason);
    }
  } catch (error) {
    await closePlaces(places);
    throw error;
  }
  return {
    ...peopleOf(ids),
    faults,
    id: (i) => ids[i]!,
    place: (i) => placeOf(places, i),
    // Copies of their own: the bytes may be handed to another thread whole.
    read: (at) => readPlaces(places, at, (bytes) => ({ bytes: bytes.slice() })),
    close: () => closePlaces(places),
  };
}

/** What keeps a member of a tar of this many bytes from being an image. */
function faultOf({ offset, size, link }: TarMember, bytes: number): string | undefined {
  if (link) return `is a link to '${link.to}'${link.hard ? ', no image before it' : ''}`;
  if (offset + size > bytes) return `of ${size} bytes ends at ${offset + size}, the tar at ${bytes}`;
  return size === 0 ? 'is empty' : undefined;
}

/** A tar, unpacked first where it is gzipped. The caller closes it. */
export async function openTar(path: string): Promise<ReadHandle> {
  const file = await open(path);
  if (!isGzip(await file.readAt(0, 2))) return file;
  await file.close();
  return spill(gunzipStream(readStream(path), path));
}
