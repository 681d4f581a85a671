import { FormatError } from '../errors.ts';
import {
  bytesOf,
  ELEMENT_BYTES,
  type ElementType,
  elementTypeOf,
  readElements,
  type ShapedArray,
  sizeOf,
} from './elements.ts';

// The header is JSON; the reference implementation refuses longer ones too.
const MOST_HEADER_BYTES = 100_000_000;
const METADATA = '__metadata__';
const READ: Record<string, ElementType> = {
  F64: 'f8',
  F32: 'f4',
  F16: 'f2',
  BF16: 'bf2',
  I64: 'i8',
  I32: 'i4',
  U8: 'u1',
  BOOL: 'u1',
};
const WRITTEN = { f8: 'F64', f4: 'F32', i4: 'I32', u1: 'U8' } as const;

interface Entry {
  dtype: string;
  shape: number[];
  data_offsets: [number, number];
}

/**
 * Named arrays as one safetensors file: u64 header length, JSON header, data.
 * Wider elements come first and names in order, so the same state is always the same bytes.
 * Source: huggingface/safetensors, README "Format".
 */
export function encodeSafetensors(
  state: Readonly<Record<string, ShapedArray>>,
  metadata?: Readonly<Record<string, string>>,
): Uint8Array {
  const width = (name: string): number => ELEMENT_BYTES[elementTypeOf(state[name]!.data)];
  const names = Object.keys(state).toSorted((a, b) => width(b) - width(a) || (a < b ? -1 : 1));
  const header: Record<string, unknown> = metadata ? { [METADATA]: metadata } : {};
  let end = 0;
  for (const name of names) {
    const { shape, data } = state[name]!;
    if (name === METADATA || sizeOf(shape) !== data.length)
      throw new FormatError(name, undefined, `${data.length} elements in shape [${shape.join(', ')}]`);
    header[name] = { dtype: WRITTEN[elementTypeOf(data)], shape, data_offsets: [end, (end += data.byteLength)] };
  }
  const json = new TextEncoder().encode(JSON.stringify(header));
  const start = 8 + Math.ceil(json.length / 8) * 8;
  const file = new Uint8Array(start + end);
  new DataView(file.buffer).setBigUint64(0, BigInt(start - 8), true);
  file.set(json, 8);
  file.fill(0x20, 8 + json.length, start);
  let at = start;
  for (const name of names) {
    const bytes = bytesOf(state[name]!.data);
    file.set(bytes, at);
    at += bytes.length;
  }
  return file;
}

/**
 * Reads a safetensors file. F16 and BF16 come as float32, I64 as int32 (float64 where one does not fit), BOOL as bytes.
 *
 * @param file name for messages
 * @throws FormatError at the byte that is wrong: a header that is cut off or no JSON, an array that leaves the file,
 *   overlaps another or has another size than its shape, a data type not among those above
 */
export function decodeSafetensors(
  bytes: Uint8Array,
  file: string,
): { state: Record<string, ShapedArray>; metadata: Record<string, string> } {
  const { header, start } = readHeader(bytes, file);
  const { [METADATA]: metadata = {}, ...entries } = header as Record<string, Entry> & {
    [METADATA]?: Record<string, string>;
  };
  const state: Record<string, ShapedArray> = {};
  let last = 0;
  const inOrder = Object.entries(entries).toSorted(([, a], [, b]) => beginOf(a) - beginOf(b));
  for (const [name, entry] of inOrder) {
    if (!isEntry(entry))
      throw new FormatError(file, 8, `dtype, shape and data_offsets for '${name}'`, JSON.stringify(entry));
    const { dtype, shape, data_offsets: place } = entry;
    const type = READ[dtype];
    if (!type) throw new FormatError(file, 8, `a data type among ${Object.keys(READ).join(', ')} for '${name}'`, dtype);
    const [begin, end] = place;
    if (begin !== last || start + end > bytes.length)
      throw new FormatError(file, start + begin, `'${name}' at ${last} within ${bytes.length - start} bytes`, place);
    if (end - begin !== sizeOf(shape) * ELEMENT_BYTES[type])
      throw new FormatError(
        file,
        start + begin,
        `${dtype} [${shape.join(', ')}] for '${name}'`,
        `${end - begin} bytes`,
      );
    state[name] = { shape, data: readElements(type, bytes.subarray(start + begin, start + end), file, start + begin) };
    last = end;
  }
  if (start + last !== bytes.length)
    throw new FormatError(file, start + last, 'the end of the file', `${bytes.length - start - last} more bytes`);
  return { state, metadata };
}

function readHeader(bytes: Uint8Array, file: string): { header: object; start: number } {
  if (bytes.length < 8) throw new FormatError(file, 0, 'a safetensors header length of 8 bytes', bytes);
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  if (length > Math.min(bytes.length - 8, MOST_HEADER_BYTES))
    throw new FormatError(file, 0, `a header of at most ${bytes.length - 8} bytes`, length);
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(8, 8 + length)));
  } catch {
    header = undefined;
  }
  if (typeof header !== 'object' || header === null || Array.isArray(header))
    throw new FormatError(file, 8, 'a safetensors header, a JSON object');
  return { header, start: 8 + length };
}

function beginOf(entry: Entry): number {
  return Number(entry?.data_offsets?.[0] ?? 0);
}

function isEntry(entry: Entry): boolean {
  const numbers = (list: unknown): list is number[] =>
    Array.isArray(list) && list.every((value) => Number.isSafeInteger(value) && value >= 0);
  return (
    typeof entry === 'object' &&
    typeof entry.dtype === 'string' &&
    numbers(entry.shape) &&
    numbers(entry.data_offsets) &&
    entry.data_offsets.length === 2
  );
}
