/**
 * The records of a shard, NAME-000000.faces. All numbers little endian, all maps standard msgpack:
 *
 *     head    magic 8 bytes | version u32 | CRC32C u32 of these 12 bytes
 *     record  mark u32 | length u32 | CRC32C u32 of length and map | map { key, label, person?, bytes, points?, variation? }
 *     ...
 *     index   see facesIndex.ts: where each record begins, its key and its label
 *     footer  see facesIndex.ts: where the index begins, count, CRC32C
 *
 * No byte is outside a CRC or a fixed value: a flipped bit anywhere is found.
 */
import { crc32c } from './crc32c.ts';
import { type Packable, packMsgpack, unpackMsgpack } from './msgpack.ts';

/** One face of a shard: its record says everything about it. */
export interface FaceRecord {
  /** Its name: a path or a number. */
  key: string;
  /** 0-based; -1 for nobody. */
  label: number;
  /** Name of the person, where it is not the label's number. */
  person?: string;
  /** Encoded image. */
  bytes: Uint8Array;
  /** Five landmarks x, y, in pixels of the encoded image; stored as 10 float32. */
  points?: Float32Array;
  /** True where landmarks were looked for and not found. */
  pointsMissing?: boolean;
  variation?: { [factor: string]: number };
}

const VERSION = 1;
// As PNG has it: a byte no text begins with, and line ends that a transfer as text would change.
const MAGIC = Uint8Array.of(0x89, 0x46, 0x41, 0x43, 0x45, 0x53, 0x0d, 0x0a);
export const FACES_HEAD_BYTES = 16;
/** First word of every record: where damage is walked over, the next one shows where to go on. */
export const FACE_MARK = 0x65636166;
/** Bytes of a record before its map. */
export const FACE_HEAD_BYTES = 12;
const MOST_FACE_BYTES = 2 ** 31;

/** The head of a shard. */
export function facesHead(): Uint8Array {
  const head = new Uint8Array(FACES_HEAD_BYTES);
  const view = new DataView(head.buffer);
  head.set(MAGIC);
  view.setUint32(8, VERSION, true);
  view.setUint32(12, crc32c(head.subarray(0, 12)), true);
  return head;
}

/** Whether these bytes begin a shard. */
export function isFaces(bytes: Uint8Array): boolean {
  return MAGIC.every((byte, i) => bytes[i] === byte);
}

/** What is wrong with the head of a shard; undefined where nothing is. */
export function facesHeadFault(bytes: Uint8Array): { damaged: string } | { version: number } | undefined {
  if (!isFaces(bytes) || bytes.length < FACES_HEAD_BYTES) return { damaged: 'no shard begins with these bytes' };
  const view = new DataView(bytes.buffer, bytes.byteOffset, FACES_HEAD_BYTES);
  if (view.getUint32(12, true) !== crc32c(bytes.subarray(0, 12)))
    return { damaged: 'the CRC of the head does not match' };
  const version = view.getUint32(8, true);
  return version === VERSION ? undefined : { version };
}

/** One face as a record. */
export function encodeFace(face: FaceRecord): Uint8Array {
  const { key, label, person, bytes, points, pointsMissing, variation } = face;
  const map: Packable = { key, label, ...(person !== undefined && { person }), bytes };
  if (points !== undefined) map['points'] = new Uint8Array(points.buffer, points.byteOffset, points.byteLength);
  if (pointsMissing) map['pointsMissing'] = true;
  if (variation !== undefined) map['variation'] = variation;
  const packed = packMsgpack(map);
  const record = new Uint8Array(FACE_HEAD_BYTES + packed.length);
  const view = new DataView(record.buffer);
  view.setUint32(0, FACE_MARK, true);
  view.setUint32(4, packed.length, true);
  record.set(packed, FACE_HEAD_BYTES);
  view.setUint32(8, crcOf(record), true);
  return record;
}

/** Bytes of the whole record whose head these are; undefined where no record begins. */
export function faceLength(head: Uint8Array): number | undefined {
  if (head.length < FACE_HEAD_BYTES) return undefined;
  const view = new DataView(head.buffer, head.byteOffset, FACE_HEAD_BYTES);
  const length = view.getUint32(4, true);
  return view.getUint32(0, true) !== FACE_MARK || length > MOST_FACE_BYTES ? undefined : FACE_HEAD_BYTES + length;
}

/** The face in a whole record; in words what is wrong with it where it is damaged. Its arrays are of their own memory. */
export function decodeFace(record: Uint8Array): FaceRecord | string {
  const length = faceLength(record);
  if (length === undefined) return 'no record begins here';
  if (length !== record.length) return `the record says it has ${length} bytes, its place has ${record.length}`;
  const stored = new DataView(record.buffer, record.byteOffset, FACE_HEAD_BYTES).getUint32(8, true);
  if (stored !== crcOf(record)) return 'the CRC of the record does not match: its bytes are damaged';
  const map = unpackMsgpack(record.subarray(FACE_HEAD_BYTES));
  return isFaceMap(map) ? faceOf(map) : 'the record is no map with key, label and bytes';
}

function crcOf(record: Uint8Array): number {
  return crc32c(record.subarray(FACE_HEAD_BYTES), crc32c(record.subarray(4, 8)));
}

type FaceMap = Omit<FaceRecord, 'points'> & { points?: Uint8Array };

function isFaceMap(map: unknown): map is FaceMap {
  if (typeof map !== 'object' || map === null) return false;
  const { key, label, person, bytes, points, variation } = map as { [field: string]: unknown };
  return (
    typeof key === 'string' &&
    Number.isInteger(label) &&
    bytes instanceof Uint8Array &&
    (person === undefined || typeof person === 'string') &&
    (points === undefined || (points instanceof Uint8Array && points.length % 4 === 0)) &&
    (variation === undefined || (typeof variation === 'object' && variation !== null))
  );
}

function faceOf({ key, label, person, bytes, points, pointsMissing, variation }: FaceMap): FaceRecord {
  return {
    key,
    label,
    ...(person !== undefined && { person }),
    // Copies: the bytes may be handed to another thread whole, and float32 need an aligned place. (A Buffer's slice is no copy.)
    bytes: new Uint8Array(bytes),
    ...(points !== undefined && { points: new Float32Array(new Uint8Array(points).buffer) }),
    ...(pointsMissing && { pointsMissing }),
    ...(variation !== undefined && { variation: { ...variation } }),
  };
}
