import zlib from 'node:zlib';
import { FormatError } from '../errors.ts';

const END = 0x06054b50;
const END_BYTES = 22;
const END64 = 0x06064b50;
const LOCATOR64 = 0x07064b50;
const LOCATOR64_BYTES = 20;
const ENTRY = 0x02014b50;
const LOCAL = 0x04034b50;
const WHOLE16 = 0xffff;
const WHOLE32 = 0xffffffff;
// Node has it since 20.15; before, damage inside a member goes unseen, as it does in PyTorch.
const crc32 = zlib.crc32 as typeof zlib.crc32 | undefined;

/** The members of a zip by name; each is checked against its checksum when it is asked for. */
export interface StoredZip {
  names: readonly string[];
  /** A view, not a copy. @throws FormatError where there is none of that name, or it is damaged */
  member(name: string): Uint8Array;
}

interface Entry {
  name: string;
  crc: number;
  bytes: number;
  /** Of the local header. */
  at: number;
}

/** Whether these are the first bytes of a zip. */
export function isZip(head: Uint8Array): boolean {
  return head[0] === 0x50 && head[1] === 0x4b && head[2] === 3 && head[3] === 4;
}

/**
 * Reads a zip whose members are stored, not compressed, as PyTorch's are; with or without the 64-bit extension.
 * Source: PKWARE APPNOTE 6.3.10, sections 4.3 and 4.5.3.
 *
 * Stored members need no inflater, and a checkpoint of a gigabyte no second gigabyte: they are views. That is why this is no library.
 *
 * @param file name for messages
 * @throws FormatError at the byte that is wrong: no directory, a member that is compressed, encrypted or leaves the file
 */
export function readStoredZip(bytes: Uint8Array, file: string): StoredZip {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { count, start } = directoryOf(view, file);
  const entries = new Map<string, Entry>();
  let at = start;
  for (let i = 0; i < count; i++) {
    if (at + 46 > bytes.length || view.getUint32(at, true) !== ENTRY)
      throw new FormatError(file, at, 'an entry of the zip directory');
    const [nameBytes, extraBytes, noteBytes] = [28, 30, 32].map((offset) => view.getUint16(at + offset, true));
    const next = at + 46 + nameBytes! + extraBytes! + noteBytes!;
    if (next > bytes.length) throw new FormatError(file, at, 'an entry of the zip directory within the file');
    const name = new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + nameBytes!));
    if (view.getUint16(at + 8, true) & 1) throw new FormatError(file, at, `a zip without encryption ('${name}')`);
    if (view.getUint16(at + 10, true) !== 0)
      throw new FormatError(file, at, `stored members, as PyTorch writes them; '${name}' is compressed`);
    const wide = wideFields(view, at, at + 46 + nameBytes!, extraBytes!);
    entries.set(name, { name, crc: view.getUint32(at + 16, true), bytes: wide.bytes, at: wide.at });
    at = next;
  }
  return {
    names: [...entries.keys()],
    member: (name) => {
      const entry = entries.get(name);
      if (entry === undefined) throw new FormatError(file, undefined, `a member '${name}'`);
      return memberOf(bytes, view, entry, file);
    },
  };
}

function directoryOf(view: DataView, file: string): { count: number; start: number } {
  const size = view.byteLength;
  let end = size - END_BYTES;
  while (end >= Math.max(0, size - END_BYTES - WHOLE16) && view.getUint32(end, true) !== END) end--;
  if (end < Math.max(0, size - END_BYTES - WHOLE16)) {
    throw new FormatError(file, undefined, 'the directory of a zip at its end (the file may be cut off)');
  }
  const locator = end - LOCATOR64_BYTES;
  if (locator < 0 || view.getUint32(locator, true) !== LOCATOR64)
    return { count: view.getUint16(end + 10, true), start: view.getUint32(end + 16, true) };
  const end64 = Number(view.getBigUint64(locator + 8, true));
  if (!(end64 + 56 <= size) || view.getUint32(end64, true) !== END64)
    throw new FormatError(file, locator, 'the place of the 64-bit directory', end64);
  return {
    count: Number(view.getBigUint64(end64 + 32, true)),
    start: Number(view.getBigUint64(end64 + 48, true)),
  };
}

/** Size and place of a member; where they do not fit 32 bits they stand in an extra field, in this order. */
function wideFields(view: DataView, entry: number, extra: number, length: number): { bytes: number; at: number } {
  const short = [24, 20, 42].map((offset) => view.getUint32(entry + offset, true));
  const wide = [...short];
  for (let at = extra; at + 4 <= extra + length;) {
    const [id, bytes] = [view.getUint16(at, true), view.getUint16(at + 2, true)];
    let from = at + 4;
    const end = Math.min(from + bytes, extra + length);
    for (let i = 0; i < 3; i++) {
      if (id !== 1 || short[i] !== WHOLE32 || from + 8 > end) continue;
      wide[i] = Number(view.getBigUint64(from, true));
      from += 8;
    }
    at += 4 + bytes;
  }
  return { bytes: wide[0]!, at: wide[2]! };
}

function memberOf(
  bytes: Uint8Array,
  view: DataView,
  { name, crc, bytes: length, at }: Entry,
  file: string,
): Uint8Array {
  if (!(at + 30 <= bytes.length) || view.getUint32(at, true) !== LOCAL)
    throw new FormatError(file, at, `the header of '${name}'`);
  const start = at + 30 + view.getUint16(at + 26, true) + view.getUint16(at + 28, true);
  if (!(start + length <= bytes.length)) throw new FormatError(file, start, `${length} bytes of '${name}'`);
  const data = bytes.subarray(start, start + length);
  if (crc32 !== undefined && crc32(data) !== crc)
    throw new FormatError(file, start, `the bytes of '${name}' that its checksum is of`);
  return data;
}
