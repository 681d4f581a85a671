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

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
const TYPES: Record<string, ElementType> = {
  '<f2': 'f2',
  '<f4': 'f4',
  '<f8': 'f8',
  '<i4': 'i4',
  '<i8': 'i8',
  '|u1': 'u1',
  '|b1': 'u1',
};
const WRITTEN = { f4: '<f4', f8: '<f8', i4: '<i4', u1: '|u1' } as const;

/**
 * The head of a .npy file (version 1.0), for those who write the rows one after another.
 * It always takes 128 bytes for up to 4 dimensions, so it can be written again over itself once the rows are counted.
 * Source: NumPy, numpy/lib/format.py.
 */
export function npyHeader(shape: readonly number[], type: keyof typeof WRITTEN = 'f4'): Uint8Array {
  const tuple = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const text = `{'descr': '${WRITTEN[type]}', 'fortran_order': False, 'shape': (${tuple}), }`;
  const length = Math.ceil((10 + text.length + 1) / 128) * 128;
  const header = new Uint8Array(length).fill(0x20);
  header.set([...MAGIC, 1, 0, (length - 10) & 0xff, (length - 10) >> 8]);
  header.set(new TextEncoder().encode(text), 10);
  header[length - 1] = 0x0a;
  return header;
}

/** One array as a .npy file. */
export function encodeNpy({ shape, data }: ShapedArray): Uint8Array {
  if (sizeOf(shape) !== data.length)
    throw new FormatError('npy', undefined, `${data.length} elements in shape [${shape.join(', ')}]`);
  const header = npyHeader(shape, elementTypeOf(data));
  const file = new Uint8Array(header.length + data.byteLength);
  file.set(header);
  file.set(bytesOf(data), header.length);
  return file;
}

/** What the head of a .npy file says; its elements begin at byte `start`. */
export interface NpyHead {
  shape: readonly number[];
  type: ElementType;
  start: number;
}

/**
 * Reads the head of a .npy file of versions 1 to 3, row-major, for those who read the rows as they need them.
 *
 * @param bytes the beginning of the file, with the whole head
 * @param file name for messages
 * @throws FormatError at the byte that is wrong
 */
export function readNpyHead(bytes: Uint8Array, file: string): NpyHead {
  if (bytes.length < 12 || MAGIC.some((byte, i) => bytes[i] !== byte))
    throw new FormatError(file, 0, "a .npy file, which begins with '\\x93NUMPY'");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const from = bytes[6] === 1 ? 10 : 12;
  const start = from + (from === 10 ? view.getUint16(8, true) : view.getUint32(8, true));
  if (start > bytes.length)
    throw new FormatError(file, 8, `a header within ${bytes.length} bytes`, `an end at ${start}`);
  const header = new TextDecoder('latin1').decode(bytes.subarray(from, start));
  const descr = /'descr':\s*'([^']*)'/.exec(header)?.[1] ?? '';
  const dimensions = /'shape':\s*\(([\d,\sL]*)\)/.exec(header)?.[1];
  const type = TYPES[descr];
  if (!type) throw new FormatError(file, from, `an element type among ${Object.keys(TYPES).join(', ')}`, descr);
  if (dimensions === undefined || !/'fortran_order':\s*False/.test(header))
    throw new FormatError(file, from, 'a row-major array with a shape', header.trim());
  const shape = dimensions
    .split(',')
    .filter((text) => text.trim() !== '')
    .map(Number.parseFloat);
  return { shape, type, start };
}

/**
 * Reads a .npy file of versions 1 to 3: f2 (as float32), f4, f8, i4, i8 (as int32 where all fit), u1 and booleans; row-major.
 *
 * @param file name for messages
 * @throws FormatError at the byte that is wrong
 */
export function decodeNpy(bytes: Uint8Array, file: string): ShapedArray {
  const { shape, type, start } = readNpyHead(bytes, file);
  const expected = sizeOf(shape) * ELEMENT_BYTES[type];
  if (bytes.length - start !== expected)
    throw new FormatError(
      file,
      start,
      `${expected} bytes for [${shape.join(', ')}] ${type}`,
      `${bytes.length - start}`,
    );
  return { shape, data: readElements(type, bytes.subarray(start), file, start) };
}
