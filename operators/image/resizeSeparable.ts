import type { Pixels } from '../../pipeline/pixels.ts';
import { resizeTaps, TAP_BITS } from './resizeTaps.ts';
import type { Taps, TapsName } from './resizeTaps.ts';

/**
 * Brings an image to another size by mixing a fixed number of neighbours, first along rows, then along columns.
 *
 * In plain words: each row of the source is stretched once, and rows of the result are weighted sums of stretched rows.
 * Only as many stretched rows are held as a pixel has neighbours in a column.
 *
 * The whole-number arithmetic is OpenCV's for images of 8 bits (imgproc, resize.cpp).
 *
 * @param image RGB, any size.
 * @param into The result; its pixels are overwritten.
 */
export function resizeSeparable(image: Pixels, into: Pixels, name: TapsName): void {
  const columns = resizeTaps(name, image.width, into.width);
  if (columns.count === 2) standOnBorders(columns);
  const rows = resizeTaps(name, image.height, into.height);
  const { count } = rows;
  const length = into.width * 3;
  // Row y of the source stretched lies in slot y modulo count; the neighbours of a pixel are in a row.
  const stretched = Array.from({ length: count }, () => new Int32Array(length));
  const held = new Int32Array(count).fill(-1);
  const near = new Array<Int32Array>(count);
  for (let y = 0; y < into.height; y++) {
    for (let k = 0; k < count; k++) {
      const row = rows.pixels[y * count + k]!;
      const slot = row % count;
      if (held[slot] !== row) {
        held[slot] = row;
        stretch(image, row, columns, stretched[slot]!);
      }
      near[k] = stretched[slot]!;
    }
    const out = into.data.subarray(y * length, (y + 1) * length);
    const weights = rows.weights.subarray(y * count, (y + 1) * count);
    if (count === 2) mix2(near, weights, out);
    else if (count === 4) mix4(near, weights, out);
    else mix8(near, weights, out);
  }
}

/** Along rows OpenCV takes a place beyond a border for the border itself; along columns it mixes the border with itself. */
function standOnBorders({ pixels, weights }: Taps): void {
  for (let i = 0; i < pixels.length; i += 2) {
    if (pixels[i] !== pixels[i + 1]) continue;
    weights[i] = 2 ** TAP_BITS;
    weights[i + 1] = 0;
  }
}

/** Row `row` of the image at the width of the result, in 1 / 2048 of a grey level. */
function stretch({ width, data }: Pixels, row: number, { count, pixels, weights }: Taps, out: Int32Array): void {
  const start = row * width;
  let o = 0;
  for (let tap = 0; tap < pixels.length; o += 3) {
    let red = 0;
    let green = 0;
    let blue = 0;
    for (const end = tap + count; tap < end; tap++) {
      const at = (start + pixels[tap]!) * 3;
      const weight = weights[tap]!;
      red += data[at]! * weight;
      green += data[at + 1]! * weight;
      blue += data[at + 2]! * weight;
    }
    out[o] = red;
    out[o + 1] = green;
    out[o + 2] = blue;
  }
}

/** Products are cut to 1 / 4 of a grey level before they are added: so does OpenCV, whose vectors are of 16 bits here. */
function mix2(near: Int32Array[], weights: Int32Array, out: Uint8Array): void {
  const [first, second] = near as [Int32Array, Int32Array];
  const [a, b] = weights as unknown as [number, number];
  for (let i = 0; i < out.length; i++) {
    out[i] = ((((first[i]! >> 4) * a) >> 16) + (((second[i]! >> 4) * b) >> 16) + 2) >> 2;
  }
}

const SHIFT = 2 * TAP_BITS;
const HALF = 2 ** (SHIFT - 1);
const WHITE = 255 * 2 ** SHIFT;

/** What lies between two grey levels goes to the even one, as in OpenCV's vector code for four neighbours. */
function mix4(near: Int32Array[], weights: Int32Array, out: Uint8Array): void {
  const [r0, r1, r2, r3] = near as [Int32Array, Int32Array, Int32Array, Int32Array];
  const [w0, w1, w2, w3] = weights as unknown as [number, number, number, number];
  for (let i = 0; i < out.length; i++) {
    const sum = r0[i]! * w0 + r1[i]! * w1 + r2[i]! * w2 + r3[i]! * w3;
    out[i] = sum <= 0 ? 0 : sum >= WHITE ? 255 : (sum + HALF - 1 + ((sum >> SHIFT) & 1)) >> SHIFT;
  }
}

function mix8(near: Int32Array[], weights: Int32Array, out: Uint8Array): void {
  const [r0, r1, r2, r3, r4, r5, r6, r7] = near as Eight<Int32Array>;
  const [w0, w1, w2, w3, w4, w5, w6, w7] = weights as unknown as Eight<number>;
  for (let i = 0; i < out.length; i++) {
    const low = r0[i]! * w0 + r1[i]! * w1 + r2[i]! * w2 + r3[i]! * w3;
    const high = r4[i]! * w4 + r5[i]! * w5 + r6[i]! * w6 + r7[i]! * w7;
    const sum = low + high;
    out[i] = sum <= 0 ? 0 : sum >= WHITE ? 255 : (sum + HALF) >> SHIFT;
  }
}

type Eight<T> = [T, T, T, T, T, T, T, T];
