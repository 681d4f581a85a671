import {
  decodeFace,
  FACE_HEAD_BYTES,
  FACE_MARK,
  faceLength,
  FACES_HEAD_BYTES,
  facesHeadFault,
  type FaceRecord,
} from '../pipeline/bytes/faces.ts';
import {
  decodeFacesFooter,
  decodeFacesIndex,
  FACES_FOOTER_BYTES,
  type FacesIndex,
} from '../pipeline/bytes/facesIndex.ts';
import type { Fault } from '../pipeline/contracts.ts';
import { FormatError } from '../pipeline/errors.ts';
import type { ReadHandle } from '../pipeline/files/read.ts';
import { windowOver } from '../pipeline/files/window.ts';

/** What a shard holds, where its records lie, and what is wrong with it. */
export interface ShardIndex extends FacesIndex {
  sizes: number[];
  faults: Fault[];
}

/**
 * Reads the index at the end of a shard; where that is damaged the shard is walked, and a fault says so.
 *
 * @throws FormatError no shard, or one of a later version
 */
export async function shardIndex(file: ReadHandle): Promise<ShardIndex> {
  const fault = (offset: number, reason: string): Fault => ({ stage: 'shards', file: file.path, offset, reason });
  const head = facesHeadFault(await file.readAt(0, FACES_HEAD_BYTES));
  if (head !== undefined && 'version' in head)
    throw new FormatError(file.path, 8, 'version 1 of the shard format, the only one known here', head.version);
  const faults = head === undefined ? [] : [fault(0, `${head.damaged}; footer and index are whole`)];
  const at = Math.max(0, file.bytes - FACES_FOOTER_BYTES);
  const footer = decodeFacesFooter(await file.readAt(at, FACES_FOOTER_BYTES), file.bytes);
  const index =
    typeof footer === 'string' ? footer : decodeFacesIndex(await file.readAt(footer.start, footer.bytes), footer);
  if (typeof index !== 'string') {
    const { offsets } = index;
    const { start } = footer as Exclude<typeof footer, string>;
    return { ...index, sizes: offsets.map((offset, i) => (offsets[i + 1] ?? start) - offset), faults };
  }
  if (head !== undefined) throw new FormatError(file.path, 0, 'a shard of faces', `${head.damaged}; ${index}`);
  const { end, ...walked } = await walkFaces(file, fault);
  const found = `${index}; walking the file found ${walked.keys.length} whole records up to byte ${end}`;
  return {
    ...walked,
    faults: [fault(typeof footer === 'string' ? at : footer.start, found), ...walked.faults],
  };
}

/** All whole records of a shard, from its start; what lies between them is a fault, what lies behind the last its index. Whether another shard follows cannot be known. */
async function walkFaces(
  file: ReadHandle,
  fault: (offset: number, reason: string) => Fault,
): Promise<ShardIndex & { end: number }> {
  const window = windowOver(file);
  const faces: { face: FaceRecord; offset: number; size: number }[] = [];
  const faults: Fault[] = [];
  let damage: { from: number; reason: string; marked: boolean } | undefined;
  let end = FACES_HEAD_BYTES;
  for (let at = end; at < file.bytes;) {
    const size = faceLength(await window(at, FACE_HEAD_BYTES));
    // A damaged length may say gigabytes: no more is read than the file has.
    const face = decodeFace(await window(at, Math.min(size ?? FACE_HEAD_BYTES, file.bytes - at)));
    if (typeof face === 'string') {
      damage ??= { from: at, reason: face, marked: size !== undefined };
      at = await nextMark(window, at + 1, file.bytes);
      continue;
    }
    if (damage) faults.push(fault(damage.from, `${damage.reason}; ${at - damage.from} bytes are passed over`));
    damage = undefined;
    const { bytes: _, ...rest } = face;
    faces.push({ face: { ...rest, bytes: new Uint8Array(0) }, offset: at, size: size! });
    at += size!;
    end = at;
  }
  if (damage?.marked) faults.push(fault(damage.from, damage.reason));
  const named = faces.flatMap(({ face: { label, person } }) =>
    person === undefined ? [] : [[label, person] as const],
  );
  return {
    offsets: faces.map(({ offset }) => offset),
    sizes: faces.map(({ size }) => size),
    keys: faces.map(({ face }) => face.key),
    labels: Int32Array.from(faces, ({ face }) => face.label),
    people: new Map(named),
    classes: faces.reduce((most, { face }) => Math.max(most, face.label + 1), 0),
    pointsMissing: faces.filter(({ face }) => face.pointsMissing).length,
    last: true,
    faults,
    end,
  };
}

const SEARCH_BYTES = 1 << 16;

/** Where the next mark of a record stands, at `from` or behind it; `bytes` where none does. */
async function nextMark(window: ReturnType<typeof windowOver>, from: number, bytes: number): Promise<number> {
  for (let start = from; start < bytes; start += SEARCH_BYTES) {
    const piece = await window(start, SEARCH_BYTES + 3);
    const view = new DataView(piece.buffer, piece.byteOffset, piece.length);
    for (let at = 0; at + 4 <= piece.length; at++) {
      if (piece[at] === (FACE_MARK & 0xff) && view.getUint32(at, true) === FACE_MARK) return start + at;
    }
  }
  return bytes;
}
