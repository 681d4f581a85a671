/**
 * The end of a shard: what opening it needs, so that no record is read for it.
 *
 *     index   u64 where each record begins, count of them | msgpack map { keys, labels, people, classes, pointsMissing, last }
 *     footer  u64 where the index begins | count u64 | CRC32C u32 of the index | CRC32C u32 of these 20 bytes | magic 8 bytes
 *
 * All of it can be had again from the records, except how many classes there are beyond those that occur, and what is last.
 */
import { crc32c } from './crc32c.ts';
import { FACES_HEAD_BYTES } from './faces.ts';
import { packMsgpack, unpackMsgpack } from './msgpack.ts';

/** What a shard holds, as columns. */
export interface FacesIndex {
  /** Where record i begins; it ends where the next begins, the last where the index does. */
  offsets: number[];
  keys: string[];
  labels: Int32Array;
  /** Names of people by label, where a name is not the label's number. */
  people: Map<number, string>;
  /** Classes of the whole set, this shard being a part of it. */
  classes: number;
  /** Records for which landmarks were looked for and not found. */
  pointsMissing: number;
  /** Whether the set ends with this shard. */
  last: boolean;
}

export const FACES_FOOTER_BYTES = 32;
const MAGIC = Uint8Array.of(0x46, 0x41, 0x43, 0x45, 0x53, 0x45, 0x4e, 0x44);

/** Where a footer says that its index lies. */
export interface FacesFooter {
  start: number;
  bytes: number;
  count: number;
  crc: number;
}

/** Index and footer, to stand right behind the last record. @param start where they will stand */
export function encodeFacesEnd(index: FacesIndex, start: number): Uint8Array {
  const count = index.offsets.length;
  const { labels } = index;
  const map = packMsgpack({
    keys: index.keys,
    labels: new Uint8Array(labels.buffer, labels.byteOffset, labels.byteLength),
    people: [...index.people],
    classes: index.classes,
    pointsMissing: index.pointsMissing,
    last: index.last,
  });
  const bytes = 8 * count + map.length;
  const end = new Uint8Array(bytes + FACES_FOOTER_BYTES);
  const view = new DataView(end.buffer);
  index.offsets.forEach((offset, i) => view.setBigUint64(8 * i, BigInt(offset), true));
  end.set(map, 8 * count);
  view.setBigUint64(bytes, BigInt(start), true);
  view.setBigUint64(bytes + 8, BigInt(count), true);
  view.setUint32(bytes + 16, crc32c(end.subarray(0, bytes)), true);
  view.setUint32(bytes + 20, crc32c(end.subarray(bytes, bytes + 20)), true);
  end.set(MAGIC, bytes + 24);
  return end;
}

/** The footer in the last bytes of a shard of `fileBytes`; in words what is wrong where there is none. */
export function decodeFacesFooter(bytes: Uint8Array, fileBytes: number): FacesFooter | string {
  if (bytes.length !== FACES_FOOTER_BYTES || !MAGIC.every((byte, i) => bytes[24 + i] === byte))
    return 'the file does not end with the footer of a shard';
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (view.getUint32(20, true) !== crc32c(bytes.subarray(0, 20))) return 'the CRC of the footer does not match';
  const start = Number(view.getBigUint64(0, true));
  const count = Number(view.getBigUint64(8, true));
  const length = fileBytes - FACES_FOOTER_BYTES - start;
  if (start < FACES_HEAD_BYTES || length < 8 * count)
    return `an index of ${count} records from byte ${start} does not fit in a file of ${fileBytes} bytes`;
  return { start, bytes: length, count, crc: view.getUint32(16, true) };
}

/** The index at the place its footer names; in words what is wrong where it is damaged. */
export function decodeFacesIndex(bytes: Uint8Array, { start, count, crc }: FacesFooter): FacesIndex | string {
  if (crc32c(bytes) !== crc) return 'the CRC of the index does not match';
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const offsets = Array.from({ length: count }, (_, i) => Number(view.getBigUint64(8 * i, true)));
  const map = unpackMsgpack(bytes.subarray(8 * count));
  if (!isIndexMap(map, count)) return 'the index is no map with the keys and labels of its records';
  if (offsets.some((offset, i) => offset >= (offsets[i + 1] ?? start))) return 'its offsets do not rise';
  const { keys, people, classes, pointsMissing, last } = map;
  const labels = new Int32Array(new Uint8Array(map.labels).buffer);
  return { offsets, keys, labels, people: new Map(people), classes, pointsMissing, last };
}

interface IndexMap extends Pick<FacesIndex, 'keys' | 'classes' | 'pointsMissing' | 'last'> {
  labels: Uint8Array;
  people: [number, string][];
}

function isIndexMap(map: unknown, count: number): map is IndexMap {
  if (typeof map !== 'object' || map === null) return false;
  const { keys, labels, people, classes, pointsMissing, last } = map as { [field: string]: unknown };
  return (
    Array.isArray(keys) &&
    keys.length === count &&
    labels instanceof Uint8Array &&
    labels.length === 4 * count &&
    Array.isArray(people) &&
    Number.isInteger(classes) &&
    Number.isInteger(pointsMissing) &&
    typeof last === 'boolean'
  );
}
