import type { Pixels } from '../../pipeline/pixels.ts';

/** Sides of the Gaussian kernels in pixels, lightest first: MvCoM, appendix A.3. */
export const BLUR_KERNELS = [3, 7, 11, 15] as const;

/**
 * Blurs an image with a Gaussian kernel of one of four sizes, all equally likely, in place.
 *
 * In plain words: a camera out of focus, lightly or badly.
 *
 * ```ts
 * const level = blur(face, keyedRandom(7, 'blur', epoch, position)); // 0..3, a blur label
 * ```
 *
 * MvCoM (appendix A.3, "Variation label") names kernels of 3, 7, 11 and 15 pixels and no sigma: it is OpenCV's for a
 * kernel of that size, 0.8, 1.4, 2.0 and 2.6 pixels.
 *
 * @param image RGB; its pixels are overwritten.
 * @param random Gives floats in [0, 1); one is used.
 * @return Place in {@link BLUR_KERNELS} of the kernel that was drawn.
 */
export function blur(image: Pixels, random: () => number): number {
  const level = Math.floor(random() * BLUR_KERNELS.length);
  gaussianBlur(image, BLUR_KERNELS[level]!);
  return level;
}

/**
 * Smooths an image with a Gaussian, in place: bit for bit cv2.GaussianBlur(image, (side, side), sigma) on 8 bits, with
 * the border mirrored about its outermost pixels (BORDER_REFLECT_101).
 *
 * @param side Of the kernel in pixels, odd, at least 3.
 * @param sigma In pixels. Default: OpenCV's for the side, 0.3 ((side - 1) / 2 - 1) + 0.8.
 */
export function gaussianBlur(image: Pixels, side: number, sigma = 0.3 * ((side - 1) / 2 - 1) + 0.8): void {
  const { height, width, data } = image;
  const weights = gaussian(side, sigma);
  const reach = (side - 1) / 2;
  const columns = mirrored(width, reach);
  const rows = mirrored(height, reach);
  const row = width * 3;

  // The kernel is the same from both ends: what stands at equal distance from the middle is added before it is weighed.
  // Along rows, in 256ths: at most 255 x 256, which 16 bits hold.
  const along = new Uint16Array(height * row);
  const padded = new Uint8Array((width + 2 * reach) * 3);
  const sums = new Int32Array(row);
  for (let y = 0; y < height; y++) {
    const start = y * row;
    for (let x = 0, o = 0; x < columns.length; x++) {
      const from = start + columns[x]! * 3;
      padded[o++] = data[from]!;
      padded[o++] = data[from + 1]!;
      padded[o++] = data[from + 2]!;
    }
    for (let i = 0, at = reach * 3; i < row; i++, at++) sums[i] = weights[reach]! * padded[at]!;
    for (let k = 0; k < reach; k++) {
      const weight = weights[k]!;
      for (let i = 0, near = k * 3, far = (side - 1 - k) * 3; i < row; i++, near++, far++) {
        sums[i] = sums[i]! + weight * (padded[near]! + padded[far]!);
      }
    }
    along.set(sums, start);
  }

  // Down columns, in 65536ths, rounded.
  for (let y = 0; y < height; y++) {
    for (let i = 0, at = y * row; i < row; i++, at++) sums[i] = weights[reach]! * along[at]! + (1 << 15);
    for (let k = 0; k < reach; k++) {
      const weight = weights[k]!;
      for (let i = 0, near = rows[y + k]! * row, far = rows[y + side - 1 - k]! * row; i < row; i++, near++, far++) {
        sums[i] = sums[i]! + weight * (along[near]! + along[far]!);
      }
    }
    for (let i = 0, at = y * row; i < row; i++, at++) data[at] = sums[i]! >> 16;
  }
}

/** Weights in 256ths, 256 together: what rounding leaves of one is carried into the next, as OpenCV's 8-bit blur does it. */
function gaussian(side: number, sigma: number): Int32Array {
  const middle = (side - 1) / 2;
  const exact = Array.from({ length: side }, (_, k) => Math.exp(-((k - middle) ** 2) / (2 * sigma * sigma)));
  const total = exact.reduce((sum, weight) => sum + weight, 0);
  const weights = new Int32Array(side);
  let left = 0;
  let outside = 0;
  for (let k = 0; k < middle; k++) {
    const wanted = (exact[k]! / total) * 256 + left;
    const weight = Math.round(wanted);
    left = wanted - weight;
    outside += weight;
    weights[k] = weights[side - 1 - k] = weight;
  }
  weights[middle] = 256 - 2 * outside;
  return weights;
}

/** Which of `length` places stand at -reach .. length - 1 + reach: beyond the ends one goes back the way one came. */
function mirrored(length: number, reach: number): Int32Array {
  const period = Math.max(1, 2 * (length - 1));
  return Int32Array.from({ length: length + 2 * reach }, (_, i) => {
    const place = Math.abs(i - reach) % period;
    return Math.min(place, period - place) % length;
  });
}
