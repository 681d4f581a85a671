import { roundHalfEven } from '../maths/roundHalfEven.ts';

/** Weights are whole numbers of 1 / 2048, as OpenCV's for images of 8 bits. */
export const TAP_BITS = 11;
const ONE = 2 ** TAP_BITS;

/** For each pixel of the result the `count` neighbouring pixels it is mixed from, and their weights in 1 / 2048. */
export interface Taps {
  count: 2 | 4 | 8;
  /** [to] the first of them, in [-count / 2, from - 1]; those beyond a border are the border's. */
  first: Int32Array;
  /** [to, count]. */
  weights: Int32Array;
}

const COUNTS = { bilinear: 2, area: 2, bicubic: 4, lanczos4: 8 } as const;

/** Interpolations that mix a fixed number of neighbours; 'area' is what OpenCV makes of it where it enlarges. */
export type TapsName = keyof typeof COUNTS;

/**
 * Along one side, which pixels of the source make each pixel of the result, and how much each counts.
 *
 * Single precision and the order of operations are OpenCV's (imgproc, resize.cpp), so that the rounded weights are too.
 * Bicubic is Keys' with a = -0.75, Lanczos has 8 taps.
 *
 * @param from Pixels of the source along this side.
 * @param to Pixels of the result.
 */
export function resizeTaps(name: TapsName, from: number, to: number): Taps {
  const count = COUNTS[name];
  const first = new Int32Array(to);
  const weights = new Int32Array(to * count);
  const shares = new Float32Array(count);
  const enlargement = to / from;
  const scale = 1 / enlargement;
  for (let i = 0; i < to; i++) {
    let place: number;
    let share: number;
    if (name === 'area') {
      place = Math.floor(i * scale);
      const beyond = Math.fround(i + 1 - (place + 1) * enlargement);
      share = beyond <= 0 ? 0 : Math.fround(beyond - Math.floor(beyond));
    } else {
      const middle = Math.fround((i + 0.5) * scale - 0.5);
      place = Math.floor(middle);
      share = Math.fround(middle - place);
    }
    SHARES[name](share, shares);
    first[i] = place - (count / 2 - 1);
    for (let k = 0; k < count; k++) weights[i * count + k] = roundHalfEven(shares[k]! * ONE);
  }
  return { count, first, weights };
}

const SHARES: Record<TapsName, (share: number, out: Float32Array) => void> = {
  bilinear: linear,
  area: linear,
  bicubic: cubic,
  lanczos4: lanczos,
};

function linear(share: number, out: Float32Array): void {
  out[0] = 1 - share;
  out[1] = share;
}

const A = -0.75;

/** Keys, "Cubic convolution interpolation for digital image processing" (1981), equation 4 for any a. */
function cubic(share: number, out: Float32Array): void {
  const f = Math.fround;
  const far = f(share + 1);
  const back = f(1 - share);
  out[0] = f(f(f(f(f(f(A * far) - 5 * A) * far) + 8 * A) * far) - 4 * A);
  out[1] = f(f(f(f(f((A + 2) * share) - (A + 3)) * share) * share) + 1);
  out[2] = f(f(f(f(f((A + 2) * back) - (A + 3)) * back) * back) + 1);
  out[3] = f(f(f(1 - out[0]) - out[1]) - out[2]);
}

const ROOT = Math.SQRT1_2;
/** sin(x - k pi / 4) = sine x SINES[k] + cosine x COSINES[k], k = 0..7, up to the sign that all share. */
const SINES = [1, -ROOT, 0, ROOT, -1, ROOT, 0, -ROOT];
const COSINES = [0, -ROOT, 1, -ROOT, 0, ROOT, -1, ROOT];

/** sinc(x) sinc(x / 4), 8 taps that are made to add up to 1. */
function lanczos(share: number, out: Float32Array): void {
  const start = Math.fround(share + 3);
  const sine = Math.sin(-start * Math.PI * 0.25);
  const cosine = Math.cos(-start * Math.PI * 0.25);
  let sum = 0;
  for (let k = 0; k < 8; k++) {
    const distance = Math.fround(start - k);
    const angle = -distance * Math.PI * 0.25;
    // Beside so large a number the others vanish: a place on a pixel is that pixel.
    out[k] = Math.abs(distance) < 1e-6 ? 1e30 : (SINES[k]! * sine + COSINES[k]! * cosine) / (angle * angle);
    sum = Math.fround(sum + out[k]!);
  }
  const inverse = Math.fround(1 / sum);
  for (let k = 0; k < 8; k++) out[k] = out[k]! * inverse;
}
