import type { Pixels } from '../../pipeline/pixels.ts';

/**
 * Brings an image to another size: bilinear, half-pixel centres, borders repeated, no smoothing beforehand.
 *
 * In plain words: stretches the picture, as OpenCV's resize with INTER_LINEAR does.
 *
 * @param image RGB, any size.
 * @param into The result; its pixels are overwritten. At the same size they are copied.
 */
export function resize(image: Pixels, into: Pixels): void {
  if (image.height === into.height && image.width === into.width) {
    into.data.set(image.data);
    return;
  }
  const { data } = image;
  const columns = neighbours(image.width, into.width);
  const rows = neighbours(image.height, into.height);
  const out = into.data;
  let o = 0;
  for (let y = 0; y < into.height; y++) {
    const top = rows.low[y]! * image.width;
    const bottom = rows.high[y]! * image.width;
    const fy = rows.share[y]!;
    for (let x = 0; x < into.width; x++) {
      const left = columns.low[x]!;
      const right = columns.high[x]!;
      const fx = columns.share[x]!;
      for (let c = 0; c < 3; c++) {
        const above = data[(top + left) * 3 + c]! * (1 - fx) + data[(top + right) * 3 + c]! * fx;
        const below = data[(bottom + left) * 3 + c]! * (1 - fx) + data[(bottom + right) * 3 + c]! * fx;
        out[o++] = (above * (1 - fy) + below * fy + 0.5) | 0;
      }
    }
  }
}

/** The two pixels that each pixel of the result lies between, and the share of the higher one. */
function neighbours(from: number, to: number): { low: Int32Array; high: Int32Array; share: Float64Array } {
  const low = new Int32Array(to);
  const high = new Int32Array(to);
  const share = new Float64Array(to);
  for (let i = 0; i < to; i++) {
    const place = Math.max(0, ((i + 0.5) * from) / to - 0.5);
    low[i] = Math.min(Math.floor(place), from - 1);
    high[i] = Math.min(low[i]! + 1, from - 1);
    share[i] = place - low[i]!;
  }
  return { low, high, share };
}
