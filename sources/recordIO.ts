import { basename, dirname, join } from 'node:path';
import { joinRecord } from '../pipeline/bytes/recordio.ts';
import type { Fault } from '../pipeline/contracts.ts';
import { FormatError } from '../pipeline/errors.ts';
import { expand } from '../pipeline/files/glob.ts';
import { exists, open, readText } from '../pipeline/files/read.ts';
import type { Sample } from '../pipeline/items.ts';
import { type Index, indexed, type IndexedSource } from './indexed.ts';
import { parseImageRecord } from './parse/imageRecord.ts';
import { closePlaces, noPlaces, placeOf, readPlaces } from './places.ts';
import { recordImages } from './recordImages.ts';

// Labels are float32: from here on two classes could have the same.
const MOST_CLASSES = 2 ** 24;

/**
 * Images in MXNet RecordIO files (.rec with .idx beside it), in the order of their keys.
 *
 * In plain words: both layouts are read, insightface's (a header record 0, images, then one record per identity, which
 * are no images) and the sequential one (all records are images). Without an .idx the file is walked from its start,
 * damage is passed over, and records are numbered as they lie. A label is the number in the record, of a list its first; a `property` file beside
 * the records bounds it. Layout: dmlc-core src/recordio.cc, mxnet python/mxnet/recordio.py.
 *
 * Opening reads the header of every record once: what is cut off, empty, out of place or labelled out of range becomes
 * a fault with file and offset, never an image. A record that is no longer what it was then comes with `damage` instead
 * of `bytes`.
 *
 * ```ts
 * const faces = recordIO('train.rec');
 * await faces.open();
 * const [first] = await faces.read(Int32Array.of(0)); // { id, label, bytes, ... }
 * ```
 *
 * @param pattern a .rec, or a fast-glob pattern over several that share their labels
 * @throws FileError nothing there; FormatError a broken .idx or property file, or not one image that can be used
 */
export function recordIO(pattern: string): IndexedSource {
  return indexed(`records ${basename(pattern)}`, [], () => build(pattern));
}

async function build(pattern: string): Promise<Index> {
  const places = noPlaces();
  const ids: string[] = [];
  const labels: number[] = [];
  const faults: Fault[] = [];
  let classCount = 0;
  try {
    const paths = await expand(pattern);
    for (const path of paths) {
      const file = await open(path);
      const number = places.files.push(file) - 1;
      places.paths.push(path);
      const bound = await boundOf(join(dirname(path), 'property'));
      const images = await recordImages(file, bound ?? MOST_CLASSES);
      const prefix = paths.length === 1 ? '' : `${basename(path)}/`;
      images.keys.forEach((key, i) => {
        ids.push(`${prefix}${key}`);
        labels.push(images.labels[i]!);
        places.file.push(number);
        places.offset.push(images.offsets[i]!);
        places.size.push(images.sizes[i]!);
        classCount = Math.max(classCount, bound ?? 0, images.labels[i]! + 1);
      });
      for (const fault of images.faults) faults.push(fault);
    }
    if (ids.length === 0) {
      const { file = pattern, offset, reason = 'none' } = faults[0] ?? {};
      throw new FormatError(file, offset, 'an image record that can be used', reason);
    }
  } catch (error) {
    await closePlaces(places);
    throw error;
  }
  return {
    classes: Array.from({ length: classCount }, (_, label) => String(label)),
    labels: Int32Array.from(labels),
    faults,
    id: (i) => ids[i]!,
    place: (i) => placeOf(places, i),
    read: (at) => readPlaces(places, at, heldIn),
    close: () => closePlaces(places),
  };
}

function heldIn(raw: Uint8Array): Pick<Sample, 'bytes' | 'damage'> {
  const image = imageIn(raw);
  // Opening found it whole.
  return typeof image === 'string' ? { damage: `changed since the file was opened: ${image}` } : { bytes: image };
}

function imageIn(raw: Uint8Array): Uint8Array | string {
  const payload = joinRecord(raw);
  if (typeof payload === 'string') return payload;
  const record = parseImageRecord(payload);
  // A copy of its own: the bytes may be handed to another thread whole.
  return typeof record === 'string' ? record : payload.slice(record.imageStart);
}

/** The number of classes in insightface's `property` file: 'classes,height,width'. */
async function boundOf(path: string): Promise<number | undefined> {
  if (!(await exists(path))) return undefined;
  const text = (await readText(path)).trim();
  const count = Number(/^(\d+),\d+,\d+$/.exec(text)?.[1]);
  if (!(count >= 1 && count <= MOST_CLASSES))
    throw new FormatError(path, 0, `classes,height,width with 1 to ${MOST_CLASSES} classes`, text);
  return count;
}
