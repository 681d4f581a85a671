/**
 * Fields of a Protocol Buffers message, each as its bytes; a message is its fields one after another (`joined`).
 * As in proto3, a whole number or double of 0 is left out: it is what a reader takes for granted.
 * Source: protobuf.dev/programming-guides/encoding.
 */

const VARINT = 0;
const EIGHT_BYTES = 1;
const LENGTH = 2;
const FOUR_BYTES = 5;
const NOTHING = new Uint8Array(0);
const text = new TextEncoder();

/** A whole number in [0, 2 ** 53): int32, int64, enum. */
export function whole(field: number, value: number): Uint8Array {
  return value === 0 ? NOTHING : Uint8Array.from([key(field, VARINT), ...varint(value)]);
}

export function double(field: number, value: number): Uint8Array {
  if (Object.is(value, 0)) return NOTHING;
  const bytes = new Uint8Array(9);
  bytes[0] = key(field, EIGHT_BYTES);
  new DataView(bytes.buffer).setFloat64(1, value, true);
  return bytes;
}

/** A float of a oneof, which is there even where it is 0. */
export function float(field: number, value: number): Uint8Array {
  const bytes = new Uint8Array(5);
  bytes[0] = key(field, FOUR_BYTES);
  new DataView(bytes.buffer).setFloat32(1, value, true);
  return bytes;
}

/** Text, bytes, or a message within the message. */
export function bytes(field: number, value: string | Uint8Array): Uint8Array {
  const content = typeof value === 'string' ? text.encode(value) : value;
  const length = varint(content.length);
  const out = new Uint8Array(1 + length.length + content.length);
  out[0] = key(field, LENGTH);
  out.set(length, 1);
  out.set(content, 1 + length.length);
  return out;
}

/** Doubles in a row (packed). */
export function doubles(field: number, values: ArrayLike<number>): Uint8Array {
  const packed = new DataView(new ArrayBuffer(8 * values.length));
  for (let i = 0; i < values.length; i++) packed.setFloat64(8 * i, values[i]!, true);
  return bytes(field, new Uint8Array(packed.buffer));
}

/** Parts one after another. */
export function joined(...parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** Numbers of fields here are below 16: a key is one byte. */
function key(field: number, type: number): number {
  return (field << 3) | type;
}

function varint(value: number): number[] {
  const out: number[] = [];
  // Division, not shifts: those end at 32 bits.
  for (; value > 127; value = Math.floor(value / 128)) out.push((value % 128) | 128);
  return [...out, value];
}
