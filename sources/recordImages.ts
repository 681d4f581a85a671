import type { Fault } from '../pipeline/contracts.ts';
import { exists, readFile, type ReadHandle } from '../pipeline/files/read.ts';
import { parseRecordIndex, type RecordPlaces } from './parse/recordIndex.ts';
import { recordScan, type ScannedRecord, walkRecords } from './scanRecords.ts';

/** The images of one .rec, as columns in the order of their keys, and the records that cannot be used. */
export interface RecordImages {
  keys: number[];
  labels: number[];
  offsets: number[];
  sizes: number[];
  faults: Fault[];
}

/** Finds the images of a .rec: by the .idx beside it, or by walking it from its start. */
export async function recordImages(file: ReadHandle, classCount: number): Promise<RecordImages> {
  const path = `${file.path.replace(/\.rec$/, '')}.idx`;
  const hasIndex = await exists(path);
  const walked = hasIndex ? undefined : await walkRecords(file);
  const { keys, offsets } = walked ? numbered(walked.offsets) : parseRecordIndex(await readFile(path), path);
  const scanned = await scanAll(file, offsets);
  const images: RecordImages = { keys: [], labels: [], offsets: [], sizes: [], faults: [] };
  const fault = (key: number, offset: number, reason: string): void => {
    images.faults.push({ stage: 'recordIO', file: file.path, offset, reason: `record ${key}: ${reason}` });
  };
  const firstIdentity = firstIdentityOf(keys, scanned, hasIndex);
  keys.forEach((key, i) => {
    const record = walked?.damage.get(offsets[i]!) ?? scanned[i]!;
    if (typeof record === 'string') return fault(key, offsets[i]!, record);
    const label = record.labels[0]!;
    if (record.imageBytes === 0) {
      // The first identity's key came through float32, which rounds beyond 2^24; so must what is compared with it.
      const isIdentity = record.labels.length === 2 && (key === 0 || Math.fround(key) >= firstIdentity);
      return isIdentity ? undefined : fault(key, record.offset, 'it holds no image');
    }
    if (!Number.isInteger(label) || label < 0 || label >= classCount)
      return fault(key, record.offset, `label ${label} is out of range, 0 to ${classCount - 1}`);
    images.keys.push(key);
    images.labels.push(label);
    images.offsets.push(record.offset);
    images.sizes.push(record.size);
  });
  const counted = keys.filter((key) => key > 0 && Math.fround(key) < firstIdentity).length;
  if (hasIndex && firstIdentity > 0 && firstIdentity < Infinity && Math.fround(counted + 1) !== firstIdentity)
    fault(0, offsets[0]!, `it counts ${firstIdentity - 1} images, ${path} lists ${counted}`);
  return images;
}

/**
 * The key from which on records may hold no image. Infinity in the sequential layout; 0 where that cannot be known:
 * without an .idx keys are only counted, and a record 0 that is broken does not say.
 */
function firstIdentityOf(keys: number[], scanned: (ScannedRecord | string)[], hasIndex: boolean): number {
  if (!hasIndex) return 0;
  const header = keys[0] === 0 ? scanned[0]! : undefined;
  if (typeof header === 'string') return 0;
  return header?.imageBytes === 0 && header.labels.length === 2 ? header.labels[0]! : Infinity;
}

// In the order of the file, whatever the order of the keys: insightface writes record 0 last.
async function scanAll(file: ReadHandle, offsets: number[]): Promise<(ScannedRecord | string)[]> {
  const scan = recordScan(file);
  const scanned: (ScannedRecord | string)[] = [];
  for (const i of [...offsets.keys()].toSorted((a, b) => offsets[a]! - offsets[b]!))
    scanned[i] = await scan(offsets[i]!);
  return scanned;
}

function numbered(offsets: number[]): RecordPlaces {
  return { keys: [...offsets.keys()], offsets };
}
