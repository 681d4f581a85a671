import {
  follows,
  isEnd,
  joinRecord,
  paddedLength,
  PART_HEAD_BYTES,
  type PartFlag,
  readPartHead,
} from '../pipeline/bytes/recordio.ts';
import type { ReadHandle } from '../pipeline/files/read.ts';
import { type Window, windowOver } from '../pipeline/files/window.ts';
import { type ImageRecord, parseImageRecord } from './parse/imageRecord.ts';

// Enough for the 24-byte header and the two labels of a header or identity record.
const HEADER_REACH = 32;

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
        : joinRecord(await file.readAt(offset, size), file.path, offset);
    const record: ImageRecord | string = parseImageRecord(start, payload);
    if (typeof record === 'string') return record;
    return { offset, size, labels: record.labels, imageBytes: payload - record.imageStart };
  };
}

/** The offsets of all records of a file that has no .idx, by walking it; ends with the first that is not whole. */
export async function walkRecords(file: ReadHandle): Promise<number[]> {
  const window = windowOver(file);
  const offsets: number[] = [];
  for (let offset = 0; offset < file.bytes;) {
    offsets.push(offset);
    const extent = await extentOf(window, offset, file.bytes);
    if (typeof extent === 'string') break;
    offset += paddedLength(extent.size);
  }
  return offsets;
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
