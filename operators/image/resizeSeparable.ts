import type { Pixels } from '../../pipeline/pixels.ts';
import { resizeTaps, TAP_BITS } from './resizeTaps.ts';
import type { Taps, TapsName } from './resizeTaps.ts';
import { layOut, loops, taken } from './vector.ts';

/** Pixels by which a row of the source is continued on either side. */
const MARGIN = 4;

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
  if (columns.count === 2) standOnBorders(columns, image.width);
  const rows = resizeTaps(name, image.height, into.height);
  const { count } = rows;
  // A stretched row, and what the vector of its last pixel writes behind it.
  const pitch = into.width * 3 + 16;
  const [data, padded, first, pairs, rowFirst, rowWeights, ring, out] = layOut(
    image.data,
    (image.width + 2 * MARGIN) * 3,
    columns.first,
    pairsOf(columns.weights),
    rows.first,
    rows.weights,
    count * pitch * 4,
    into.data.length,
  ) as [number, number, number, number, number, number, number, number];
  const { height, width } = image;
  loops.resizeSeparable(data, height, width, padded, count, first, pairs, rowFirst, rowWeights, ring, pitch, out, into.height, into.width); // prettier-ignore
  taken(out, into.data);
}

/** Along rows OpenCV takes a place beyond a border for the border itself; along columns it mixes the border with itself. */
function standOnBorders({ first, weights }: Taps, from: number): void {
  for (let i = 0; i < first.length; i++) {
    if (first[i]! >= 0 && first[i]! < from - 1) continue;
    weights[2 * i] = 2 ** TAP_BITS;
    weights[2 * i + 1] = 0;
  }
}

/** Weights two by two, 16 bits each. */
function pairsOf(weights: Int32Array): Int32Array {
  return Int32Array.from({ length: weights.length / 2 }, (_, i) => (weights[2 * i + 1]! << 16) | (weights[2 * i]! & 0xffff)); // prettier-ignore
}
