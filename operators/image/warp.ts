import type { Pixels } from '../../pipeline/pixels.ts';
import type { Similarity } from '../maths/similarity.ts';

/**
 * Draws an image anew through a similarity: bilinear, black outside.
 *
 * In plain words: for every pixel of the result, look where it came from and mix the four pixels around that place.
 *
 * Coordinates are of pixel centres, the first pixel at 0, as OpenCV's warpAffine has them.
 *
 * @param source Any size.
 * @param back Brings a place in the result to its place in the source.
 * @param into The result; its pixels are overwritten.
 */
export function warp(source: Pixels, back: Similarity, into: Pixels): void {
  const { height, width, data } = source;
  const row = width * 3;
  const out = into.data;
  let o = 0;
  for (let y = 0; y < into.height; y++) {
    const startX = -back.b * y + back.x0;
    const startY = back.a * y + back.y0;
    for (let x = 0; x < into.width; x++, o += 3) {
      const sx = back.a * x + startX;
      const sy = back.b * x + startY;
      // Wholly outside: also keeps the floor below within an int32.
      if (!(sx > -1 && sy > -1 && sx < width && sy < height)) {
        out[o] = out[o + 1] = out[o + 2] = 0;
        continue;
      }
      const left = Math.floor(sx);
      const top = Math.floor(sy);
      const fx = sx - left;
      const fy = sy - top;
      // A neighbour outside is black: its weight is 0, and the place it is read from does not matter.
      const weightLeft = left >= 0 ? 1 - fx : 0;
      const weightRight = left + 1 < width ? fx : 0;
      const weightTop = top >= 0 ? 1 - fy : 0;
      const weightBottom = top + 1 < height ? fy : 0;
      const at = top * row + left * 3;
      const nw = top >= 0 && left >= 0 ? at : 0;
      const ne = weightRight > 0 && top >= 0 ? at + 3 : 0;
      const sw = weightBottom > 0 && left >= 0 ? at + row : 0;
      const se = weightRight > 0 && weightBottom > 0 ? at + row + 3 : 0;
      const wnw = weightTop * weightLeft;
      const wne = weightTop * weightRight;
      const wsw = weightBottom * weightLeft;
      const wse = weightBottom * weightRight;
      for (let c = 0; c < 3; c++) {
        const mixed = wnw * data[nw + c]! + wne * data[ne + c]! + wsw * data[sw + c]! + wse * data[se + c]!;
        out[o + c] = (mixed + 0.5) | 0;
      }
    }
  }
}
