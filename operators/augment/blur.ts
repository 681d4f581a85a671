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
 * MvCoM (appendix A.3, "Variation label") names kernels of 3, 7, 11 and 15 pixels, meant for faces of 112 x 112 and not
 * scaled with others, and no sigma: it is OpenCV's for a kernel of that size, 0.8, 1.4, 2.0 and 2.6 pixels.
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

// A number holds 53 bits exactly: side by side in it three sums over rows, of 16 bits, or two over both ways, of 24. Neither
// they nor what is added up on the way to them spills into its neighbour.
const GREEN = 2 ** 17;
const BLUE = 2 ** 34;
const LOWER = 2 ** 25;

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
  const rows = mirrored(height, reach);
  const columns = mirrored(width, reach);
  const neighbours = weights.map((_, k) => 3 * k);
  const pixels = new Float64Array(height * width);
  for (let i = 0, at = 0; i < pixels.length; i++, at += 3) {
    pixels[i] = data[at]! + data[at + 1]! * GREEN + data[at + 2]! * BLUE;
  }
  const starts = new Int32Array(side);
  const down = (y: number, out: Float64Array): void => {
    for (let k = 0; k < side; k++) starts[k] = rows[y + k]! * width;
    weigh(pixels, starts, weights, out);
  };
  const upper = new Float64Array(width);
  const lower = new Float64Array(width);
  const pair = new Float64Array(columns.length * 3);
  const sums = new Float64Array(width * 3);
  // Two rows at a time; where there is one left it goes twice.
  for (let y = 0; y < height; y += 2) {
    const next = Math.min(y + 1, height - 1);
    down(y, upper);
    down(next, lower);
    pairUp(upper, lower, columns, pair);
    weigh(pair, neighbours, weights, sums);
    for (let i = 0, up = y * width * 3, low = next * width * 3; i < sums.length; i++, up++, low++) {
      const second = Math.floor(sums[i]! / LOWER);
      const first = sums[i]! - second * LOWER;
      data[up] = (first + (1 << 15)) >> 16;
      data[low] = (second + (1 << 15)) >> 16;
    }
  }
}

/** The weighted sum of rows that begin at `starts`. The kernel is the same from both ends, so those are added before they are weighed. */
function weigh(values: Float64Array, starts: Int32Array, weights: Int32Array, out: Float64Array): void {
  const last = weights.length - 1;
  const middle = last / 2;
  const most = weights[middle]!;
  for (let i = 0, at = starts[middle]!; i < out.length; i++, at++) out[i] = most * values[at]!;
  for (let k = 0; k < middle; k++) {
    const weight = weights[k]!;
    for (let i = 0, near = starts[k]!, far = starts[last - k]!; i < out.length; i++, near++, far++) {
      out[i] = out[i]! + weight * (values[near]! + values[far]!);
    }
  }
}

/** Takes the sums of two rows apart, mirrors them at the ends and puts those of one channel side by side. */
function pairUp(upper: Float64Array, lower: Float64Array, columns: Int32Array, out: Float64Array): void {
  for (let x = 0, o = 0; x < columns.length; x++, o += 3) {
    const first = upper[columns[x]!]!;
    const second = lower[columns[x]!]!;
    const blue = Math.floor(first / BLUE);
    const blueBelow = Math.floor(second / BLUE);
    const rest = first - blue * BLUE;
    const restBelow = second - blueBelow * BLUE;
    const green = Math.floor(rest / GREEN);
    const greenBelow = Math.floor(restBelow / GREEN);
    out[o] = rest - green * GREEN + (restBelow - greenBelow * GREEN) * LOWER;
    out[o + 1] = green + greenBelow * LOWER;
    out[o + 2] = blue + blueBelow * LOWER;
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
