import { FormatError } from '../errors.ts';

/** First word of every part of a record. */
export const RECORD_MAGIC = 0xced7230a;
/** Bytes before the payload of a part: magic, then flag and length in one word. */
export const PART_HEAD_BYTES = 8;
const LENGTH_BITS = 29;
const MOST_PART_BYTES = 2 ** LENGTH_BITS - 1;

/** Which part of a record: the whole, or its first, a middle or its last. */
export type PartFlag = 0 | 1 | 2 | 3;
const WHOLE = 0;
const FIRST = 1;
const MIDDLE = 2;
const LAST = 3;

/** Bytes that a payload of this length takes with its padding. */
export function paddedLength(length: number): number {
  return Math.ceil(length / 4) * 4;
}

/** The head of the part at `at`; undefined where no magic stands or the bytes end. */
export function readPartHead(bytes: Uint8Array, at = 0): { flag: PartFlag; length: number } | undefined {
  if (at + PART_HEAD_BYTES > bytes.length) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, PART_HEAD_BYTES);
  if (view.getUint32(0, true) !== RECORD_MAGIC) return undefined;
  const word = view.getUint32(4, true);
  const flag = word >>> LENGTH_BITS;
  return flag > LAST ? undefined : { flag: flag as PartFlag, length: word & MOST_PART_BYTES };
}

/** Whether a record may go on after these: nothing before a whole or first part, middle and last only after a first. */
export function follows(previous: PartFlag | undefined, flag: PartFlag): boolean {
  const open = previous === FIRST || previous === MIDDLE;
  return open ? flag === MIDDLE || flag === LAST : flag === WHOLE || flag === FIRST;
}

/** Whether a part ends its record. */
export function isEnd(flag: PartFlag): boolean {
  return flag === WHOLE || flag === LAST;
}

/**
 * The payload of one record from its raw bytes. A record is split wherever its payload holds the magic at a multiple
 * of four; the magic is dropped between the parts and comes back here.
 *
 * @param raw all parts with heads and padding; a view of it is returned for a record of one part
 * @return the reason in words where a part does not begin, is cut off or is out of turn
 */
export function joinRecord(raw: Uint8Array): Uint8Array | string {
  const parts: Uint8Array[] = [];
  let flag: PartFlag | undefined;
  for (let at = 0; flag === undefined || !isEnd(flag);) {
    const head = readPartHead(raw, at);
    const start = at + PART_HEAD_BYTES;
    if (!head || !follows(flag, head.flag) || start + head.length > raw.length)
      return `no whole part of a record stands at its byte ${at}`;
    parts.push(raw.subarray(start, start + head.length));
    at = start + paddedLength(head.length);
    flag = head.flag;
  }
  if (parts.length === 1) return parts[0]!;
  const payload = new Uint8Array(parts.reduce((size, part) => size + part.length + 4, -4));
  const view = new DataView(payload.buffer);
  let at = 0;
  parts.forEach((part, i) => {
    if (i > 0) view.setUint32(at - 4, RECORD_MAGIC, true);
    payload.set(part, at);
    at += part.length + 4;
  });
  return payload;
}

/**
 * One payload as a record: heads, parts, padding. Source: dmlc-core, src/recordio.cc.
 *
 * @throws FormatError a part of 2^29 bytes or more
 */
export function encodeRecord(payload: Uint8Array): Uint8Array {
  const view = new DataView(payload.buffer, payload.byteOffset, payload.length);
  const cuts: number[] = [];
  for (let at = 0; at + 4 <= payload.length; at += 4) if (view.getUint32(at, true) === RECORD_MAGIC) cuts.push(at);
  const starts = [0, ...cuts.map((cut) => cut + 4)];
  const parts = starts.map((start, i) => payload.subarray(start, cuts[i] ?? payload.length));
  const record = new Uint8Array(parts.reduce((size, part) => size + PART_HEAD_BYTES + paddedLength(part.length), 0));
  const out = new DataView(record.buffer);
  let at = 0;
  parts.forEach((part, i) => {
    if (part.length > MOST_PART_BYTES)
      throw new FormatError('record', undefined, `a payload of at most ${MOST_PART_BYTES} bytes`, part.length);
    const flag = parts.length === 1 ? WHOLE : i === 0 ? FIRST : i === parts.length - 1 ? LAST : MIDDLE;
    out.setUint32(at, RECORD_MAGIC, true);
    out.setUint32(at + 4, flag * 2 ** LENGTH_BITS + part.length, true);
    record.set(part, at + PART_HEAD_BYTES);
    at += PART_HEAD_BYTES + paddedLength(part.length);
  });
  return record;
}
