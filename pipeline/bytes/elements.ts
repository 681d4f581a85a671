import { FormatError } from '../errors.ts';

/** An array with a shape, as array files hold it; row-major. */
export interface ShapedArray {
  shape: readonly number[];
  data: Float32Array | Int32Array | Float64Array | Uint8Array;
}

/** Bytes of one element: IEEE floats f2, f4, f8, brain float bf2, signed integers i4, i8, unsigned u1. */
export const ELEMENT_BYTES = { f2: 2, bf2: 2, f4: 4, f8: 8, i4: 4, i8: 8, u1: 1 } as const;
export type ElementType = keyof typeof ELEMENT_BYTES;

/** The element type that holds `data` as it is. */
export function elementTypeOf(data: ShapedArray['data']): 'f4' | 'f8' | 'i4' | 'u1' {
  if (data instanceof Float32Array) return 'f4';
  if (data instanceof Float64Array) return 'f8';
  return data instanceof Int32Array ? 'i4' : 'u1';
}

/** The memory of `data`, not a copy. */
export function bytesOf(data: ShapedArray['data']): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

/** Number of elements of a shape; 1 for a scalar. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((size, dimension) => size * dimension, 1);
}

/**
 * Little-endian elements as a typed array of their own. Half and brain floats widen to float32 without loss;
 * 64-bit integers become int32 where all fit, else float64.
 *
 * @throws FormatError a 64-bit integer beyond 2^53
 */
export function readElements(type: ElementType, bytes: Uint8Array, file: string, offset: number): ShapedArray['data'] {
  // A copy: typed arrays need aligned memory, which a place inside a file does not promise. (A Buffer's slice is none.)
  return ownElements(type, new Uint8Array(bytes), file, offset);
}

/** As {@link readElements}, of bytes that are the whole of their memory: it becomes the array's where nothing has to be widened. */
export function ownElements(
  type: ElementType,
  own: Uint8Array<ArrayBuffer>,
  file: string,
  offset: number,
): ShapedArray['data'] {
  if (type === 'u1') return own;
  const memory = own.buffer;
  if (type === 'f4') return new Float32Array(memory);
  if (type === 'f8') return new Float64Array(memory);
  if (type === 'i4') return new Int32Array(memory);
  if (type === 'f2') return widen(new Uint16Array(memory));
  if (type === 'bf2') return new Float32Array(Uint32Array.from(new Uint16Array(memory), (half) => half << 16).buffer);
  const wide = Float64Array.from(new BigInt64Array(memory), Number);
  const beyond = wide.findIndex((value) => !Number.isSafeInteger(value));
  if (beyond >= 0) throw new FormatError(file, offset + 8 * beyond, 'an integer up to 2^53', wide[beyond]);
  return wide.every((value) => value === (value | 0)) ? Int32Array.from(wide) : wide;
}

let everyHalf: Float32Array | undefined;

/** By a table of all halves: a stored set of embeddings has hundreds of millions. */
function widen(halves: Uint16Array): Float32Array {
  everyHalf ??= Float32Array.from({ length: 1 << 16 }, (_, bits) => halfToFloat(bits));
  const wide = new Float32Array(halves.length);
  for (let i = 0; i < halves.length; i++) wide[i] = everyHalf[halves[i]!]!;
  return wide;
}

function halfToFloat(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) return fraction ? NaN : sign * Infinity;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
