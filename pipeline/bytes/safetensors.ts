import { FormatError } from '../errors.ts';
import { bytesOf, ELEMENT_BYTES, type ElementType, elementTypeOf, type ShapedArray, sizeOf } from './elements.ts';

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

/** An array as a safetensors file says it lies there. */
export interface StoredArray {
  name: string;
  type: ElementType;
  shape: number[];
  /** Its first byte from the start of the file, and how many there are. */
  offset: number;
  bytes: number;
}

/**
 * Named arrays as a safetensors file, in parts that follow one another: u64 header length and JSON header, then the arrays' own
 * memory, not a copy. Wider elements come first and names in order, so the same state is always the same bytes.
 * Source: huggingface/safetensors, README "Format".
 */
export function safetensorsParts(
  state: Readonly<Record<string, ShapedArray>>,
  metadata?: Readonly<Record<string, string>>,
): Uint8Array[] {
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
  const head = new Uint8Array(8 + Math.ceil(json.length / 8) * 8).fill(0x20);
  new DataView(head.buffer).setBigUint64(0, BigInt(head.length - 8), true);
  head.set(json, 8);
  return [head, ...names.map((name) => bytesOf(state[name]!.data))];
}

/** Where the data of a file of `size` bytes begins, by its first eight bytes. @throws FormatError where its header is cut off */
export function safetensorsStart(first: Uint8Array, size: number, file: string): number {
  if (first.length < 8) throw new FormatError(file, 0, 'a safetensors header length of 8 bytes', first);
  const length = Number(new DataView(first.buffer, first.byteOffset).getBigUint64(0, true));
  if (length > Math.min(size - 8, MOST_HEADER_BYTES))
    throw new FormatError(file, 0, `a header of at most ${size - 8} bytes`, length);
  return 8 + length;
}

/**
 * What a file of `size` bytes says it holds, array by array as they lie there.
 *
 * @param head the file up to its data
 * @throws FormatError at the byte that is wrong: a header that is no JSON, an array that leaves the file, overlaps another or has
 *   another size than its shape, a data type that is not read
 */
export function safetensorsLayout(
  head: Uint8Array,
  size: number,
  file: string,
): { arrays: StoredArray[]; metadata: Record<string, string> } {
  const start = head.length;
  const { [METADATA]: metadata = {}, ...entries } = parseHeader(head, file) as Record<string, Entry> & {
    [METADATA]?: Record<string, string>;
  };
  let last = 0;
  const inOrder = Object.entries(entries).toSorted(([, a], [, b]) => beginOf(a) - beginOf(b));
  const arrays = inOrder.map(([name, entry]) => {
    if (!isEntry(entry))
      throw new FormatError(file, 8, `dtype, shape and data_offsets for '${name}'`, JSON.stringify(entry));
    const { dtype, shape, data_offsets: place } = entry;
    const type = READ[dtype];
    if (!type) throw new FormatError(file, 8, `a data type among ${Object.keys(READ).join(', ')} for '${name}'`, dtype);
    const [begin, end] = place;
    const offset = start + begin;
    if (begin !== last || start + end > size)
      throw new FormatError(file, offset, `'${name}' at ${last} within ${size - start} bytes`, place);
    if (end - begin !== sizeOf(shape) * ELEMENT_BYTES[type])
      throw new FormatError(file, offset, `${dtype} [${shape.join(', ')}] for '${name}'`, `${end - begin} bytes`);
    last = end;
    return { name, type, shape, offset, bytes: end - begin };
  });
  if (start + last !== size)
    throw new FormatError(file, start + last, 'the end of the file', `${size - start - last} more bytes`);
  return { arrays, metadata };
}

function parseHeader(head: Uint8Array, file: string): object {
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(head.subarray(8)));
  } catch {
    header = undefined;
  }
  if (typeof header !== 'object' || header === null || Array.isArray(header))
    throw new FormatError(file, 8, 'a safetensors header, a JSON object');
  return header;
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
