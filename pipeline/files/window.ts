import type { ReadHandle } from './read.ts';

/** Reads small pieces at rising places: the bytes are fetched in large steps. A piece is valid until the next call. */
export type Window = (offset: number, length: number) => Promise<Uint8Array>;

/** A window of `step` bytes over a file. A piece is shorter where the file ends. */
export function windowOver(file: ReadHandle, step = 1 << 20): Window {
  const memory = new Uint8Array(step);
  let start = 0;
  let held: Uint8Array = memory.subarray(0, 0);
  return async (offset, length) => {
    if (offset < start || offset + length > start + held.length) {
      if (length > step) return file.readAt(offset, length);
      held = await file.readAt(offset, step, memory);
      start = offset;
    }
    return held.subarray(offset - start, offset - start + length);
  };
}
