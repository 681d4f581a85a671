import { inflateSync } from 'node:zlib';
import { FormatError } from '../../pipeline/errors.ts';

/** A variable of a MAT-file: numbers and texts in column-major order, cells likewise. */
export interface MatArray {
  shape: number[];
  data: number[] | string | MatArray[];
}

/** Element types of numbers: bytes of each, and how they are read. */
const NUMBERS: Record<number, [width: number, read: (view: DataView, at: number) => number]> = {
  1: [1, (view, at) => view.getInt8(at)],
  2: [1, (view, at) => view.getUint8(at)],
  3: [2, (view, at) => view.getInt16(at, true)],
  4: [2, (view, at) => view.getUint16(at, true)],
  5: [4, (view, at) => view.getInt32(at, true)],
  6: [4, (view, at) => view.getUint32(at, true)],
  7: [4, (view, at) => view.getFloat32(at, true)],
  9: [8, (view, at) => view.getFloat64(at, true)],
  16: [1, (view, at) => view.getUint8(at)],
};
const MATRIX = 14;
const COMPRESSED = 15;
const CELL = 1;
const CHARACTERS = 4;
/** Doubles to 32-bit whole numbers. */
const isNumeric = (kind: number): boolean => kind >= 6 && kind <= 13;
const HEAD_BYTES = 128;
/** Most bytes that one compressed variable may become. */
const MOST_BYTES = 2 ** 30;

/**
 * Reads a MATLAB MAT-file of level 5, as versions 5 to 7 write it on little-endian machines: real numbers, texts and cells of these.
 *
 * Format: MathWorks, "MAT-File Format" (R2019b), "Level 5 MAT-Files". Structures, sparse and complex matrices and whole numbers of 64
 * bits are refused.
 *
 * @param file its name, for errors
 * @throws FormatError at the byte that is wrong; within a compressed variable bytes are counted from its beginning
 */
export function parseMat(bytes: Uint8Array, file: string): Map<string, MatArray> {
  if (bytes[126] !== 0x49 || bytes[127] !== 0x4d || bytes[125] !== 1)
    throw new FormatError(file, 124, 'a little-endian MAT-file of level 5');
  const variables = new Map<string, MatArray>();
  for (const { type, body, offset } of elements(bytes.subarray(HEAD_BYTES), HEAD_BYTES, file)) {
    if (type !== COMPRESSED && type !== MATRIX) throw new FormatError(file, offset, 'a variable', `type ${type}`);
    const [inner] = type === COMPRESSED ? elements(inflated(body, offset, file), 0, `${file} (inflated)`) : [{ type, body, offset }]; // prettier-ignore
    if (inner?.type !== MATRIX) throw new FormatError(file, offset, 'a variable that is an array');
    const { name, array } = matrix(inner, file);
    variables.set(name, array);
  }
  return variables;
}

interface Element {
  type: number;
  body: Uint8Array;
  /** Where its tag is. */
  offset: number;
}

/** The elements that lie one after another in these bytes; each begins at a multiple of 8, but for compressed ones. */
function* elements(bytes: Uint8Array, start: number, file: string): Generator<Element> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  while (at < bytes.length) {
    const wrong = (): FormatError => new FormatError(file, start + at, 'a whole element of a MAT-file');
    if (at + 8 > bytes.length) throw wrong();
    const word = view.getUint32(at, true);
    // Up to four bytes lie in the tag itself, which then has their number in its upper half.
    const [type, size, from] = word >>> 16 ? [word & 0xffff, word >>> 16, at + 4] : [word, view.getUint32(at + 4, true), at + 8]; // prettier-ignore
    if (from + size > bytes.length || (word >>> 16 && size > 4)) throw wrong();
    yield { type, body: bytes.subarray(from, from + size), offset: start + at };
    at = from + size;
    if (type !== COMPRESSED) at = Math.min(bytes.length, Math.ceil(at / 8) * 8);
  }
}

function matrix({ body, offset }: Element, file: string): { name: string; array: MatArray } {
  const refuse = (expected: string, found?: unknown): never => {
    throw new FormatError(file, offset, expected, found);
  };
  const [flags, dimensions, name, ...parts] = elements(body, offset + 8, file);
  if (flags === undefined || dimensions === undefined || name === undefined || flags.body.length !== 8)
    return refuse('an array with flags, dimensions and a name');
  const [kind, bits] = flags.body as unknown as [number, number];
  const shape = numbersOf(dimensions, file);
  const count = shape.reduce((product, n) => product * n, 1);
  const made = (data: MatArray['data']): { name: string; array: MatArray } => {
    if (data.length !== count) refuse(`${count} elements`, data.length);
    return { name: new TextDecoder().decode(name.body), array: { shape, data } };
  };
  if (kind === CELL) {
    return made(parts.map((part) => (part.type === MATRIX ? matrix(part, file).array : refuse('a cell that is an array')))); // prettier-ignore
  }
  const [values] = parts;
  if ((kind !== CHARACTERS && !isNumeric(kind)) || bits & 8)
    return refuse('real numbers, a text or cells', `class ${kind}${bits & 8 ? ', complex' : ''}`);
  if (kind !== CHARACTERS) return made(values === undefined ? [] : numbersOf(values, file));
  return made(values === undefined ? '' : String.fromCharCode(...numbersOf(values, file)));
}

function numbersOf({ type, body, offset }: Element, file: string): number[] {
  const [width, read] = NUMBERS[type] ?? [];
  if (width === undefined || read === undefined || body.length % width !== 0)
    throw new FormatError(file, offset, 'whole numbers or floats of a MAT-file', `type ${type}`);
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  return Array.from({ length: body.length / width }, (_, i) => read(view, i * width));
}

function inflated(body: Uint8Array, offset: number, file: string): Uint8Array {
  try {
    return inflateSync(body, { maxOutputLength: MOST_BYTES });
  } catch (error) {
    throw new FormatError(file, offset, 'a whole zlib stream', (error as Error).message);
  }
}
