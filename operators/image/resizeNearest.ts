import type { Pixels } from '../../pipeline/pixels.ts';

/**
 * Brings an image to another size by repeating or leaving out pixels, as OpenCV's INTER_NEAREST does.
 *
 * In plain words: the result's first pixel is the first of the source, and every further one steps on by the scale and
 * takes the pixel it stands in. It is the only interpolation that does not measure from the middles of pixels.
 *
 * @param image RGB, any size.
 * @param into The result; its pixels are overwritten.
 */
export function resizeNearest(image: Pixels, into: Pixels): void {
  const { data } = image;
  const out = into.data;
  const columns = places(image.width, into.width);
  const rows = places(image.height, into.height);
  let o = 0;
  for (let y = 0; y < into.height; y++) {
    const row = rows[y]! * image.width;
    for (let x = 0; x < into.width; x++, o += 3) {
      const at = (row + columns[x]!) * 3;
      out[o] = data[at]!;
      out[o + 1] = data[at + 1]!;
      out[o + 2] = data[at + 2]!;
    }
  }
}

/** OpenCV divides by the enlargement instead of multiplying by the scale: the last bit decides where a pixel begins. */
function places(from: number, to: number): Int32Array {
  const step = 1 / (to / from);
  return Int32Array.from({ length: to }, (_, i) => Math.min(Math.floor(i * step), from - 1));
}
