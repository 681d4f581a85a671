import {
  follows,
  isEnd,
  joinRecord,
  paddedLength,
  PART_HEAD_BYTES,
  type PartFlag,
  readPartHead,
  RECORD_MAGIC,
} from '../pipeline/bytes/recordio.ts';
import type { ReadHandle } from '../pipeline/files/read.ts';
import { type Window, windowOver } from '../pipeline/files/window.ts';
import { type ImageRecord, parseImageRecord } from './parse/imageRecord.ts';

// Enough for the 24-byte header and the two labels of a header or identity record.
const HEADER_REACH = 32;
const SEARCH_BYTES = 1 << 16;
const MAGIC_START = RECORD_MAGIC & 0xff;

/** One record of a .rec as its headers describe it. */
export interface ScannedRecord {
  offset: number;
  /** Bytes of all its parts with their heads, without the last padding. */
  size: number;
  labels: number[];
  /** Bytes of its encoded image; 0 for header and identity records. */
  imageBytes: number;
}

/** Reads the headers of the record at `offset`; the reason in words where there is no whole record. */
export type RecordScan = (offset: number) => Promise<ScannedRecord | string>;

/** Reads headers of records at rising offsets, at the speed of reading the file through. */
export function recordScan(file: ReadHandle): RecordScan {
  const window = windowOver(file);
  return async (offset) => {
    const extent = await extentOf(window, offset, file.bytes);
    if (typeof extent === 'string') return extent;
    const { size, payload, parts } = extent;
    const start =
      parts === 1
        ? await window(offset + PART_HEAD_BYTES, Math.min(payload, HEADER_REACH))
        : joinRecord(await file.readAt(offset, size));
    if (typeof start === 'string') return start;
    const record: ImageRecord | string = parseImageRecord(start, payload);
    if (typeof record === 'string') return record;
    return { offset, size, labels: record.labels, imageBytes: payload - record.imageStart };
  };
}

/**
 * The offsets of all records of a file that has no .idx, by walking it, and what is wrong with those that are damaged.
 * Behind damage it goes on at the next head of a record that stands at a multiple of four, as dmlc-core does; no payload
 * holds one there.
 */
export async function walkRecords(file: ReadHandle): Promise<{ offsets: number[]; damage: Map<number, string> }> {
  const window = windowOver(file);
  const offsets: number[] = [];
  const damage = new Map<number, string>();
  for (let offset = 0; offset < file.bytes;) {
    offsets.push(offset);
    const extent = await extentOf(window, offset, file.bytes);
    let end = typeof extent === 'string' ? file.bytes : offset + paddedLength(extent.size);
    if (typeof extent === 'string' || (end < file.bytes && !(await beginsAt(window, end)))) {
      const next = await nextRecord(window, offset + 4, file.bytes);
      const reason = typeof extent === 'string' ? extent : `it ends at ${end}, but the next record begins at ${next}`;
      // A whole record in front of damage keeps its end: there the damage is found.
      if (typeof extent === 'string' || next < end) {
        damage.set(offset, `${reason}; ${next - offset} bytes are passed over`);
        end = next;
      }
    }
    offset = end;
  }
  return { offsets, damage };
}

async function beginsAt(window: Window, offset: number): Promise<boolean> {
  const head = readPartHead(await window(offset, PART_HEAD_BYTES));
  return head !== undefined && follows(undefined, head.flag);
}

/** Where the first record at `from` or behind it begins; `bytes` where none does. */
async function nextRecord(window: Window, from: number, bytes: number): Promise<number> {
  for (let start = from; start < bytes; start += SEARCH_BYTES) {
    const piece = await window(start, SEARCH_BYTES + PART_HEAD_BYTES);
    for (let at = 0; at < SEARCH_BYTES; at += 4) {
      if (piece[at] !== MAGIC_START) continue;
      const head = readPartHead(piece, at);
      if (head && follows(undefined, head.flag)) return start + at;
    }
  }
  return bytes;
}

async function extentOf(
  window: Window,
  offset: number,
  bytes: number,
): Promise<{ size: number; payload: number; parts: number } | string> {
  let flag: PartFlag | undefined;
  let payload = 0;
  let parts = 0;
  let end = offset;
  if (offset >= bytes) return `no record can begin at byte ${offset}, the file has ${bytes}`;
  while (flag === undefined || !isEnd(flag)) {
    const at = offset + paddedLength(end - offset);
    const head = readPartHead(await window(at, PART_HEAD_BYTES));
    if (head === undefined) {
      if (at + PART_HEAD_BYTES > bytes) return `the file ends at ${bytes}, within the head of a part at ${at}`;
      return `no part of a record (magic 0xCED7230A) begins at byte ${at}`;
    }
    if (!follows(flag, head.flag)) return `a part with flag ${head.flag} at byte ${at} follows ${flag ?? 'no part'}`;
    end = at + PART_HEAD_BYTES + head.length;
    if (end > bytes) return `a part of ${head.length} bytes ends at ${end}, the file at ${bytes}`;
    flag = head.flag;
    // The magic between two parts belongs to the payload.
    payload += head.length + (parts > 0 ? 4 : 0);
    parts += 1;
  }
  return { size: end - offset, payload, parts };
}
