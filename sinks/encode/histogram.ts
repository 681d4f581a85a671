/** Numbers counted in TensorBoard's buckets. */
export interface Histogram {
  min: number;
  max: number;
  num: number;
  sum: number;
  sumSquares: number;
  /** Upper limit of each bucket, itself not in it. */
  limits: number[];
  counts: number[];
}

/**
 * Counts numbers in TensorFlow's buckets: each 10 % wider than the one before, from 1e-12 to 1e20 on both sides of 0.
 *
 * In plain words: how many weights are how large, with equal care for small and large ones.
 * Empty buckets at the ends are left out, several empty ones in a row are one; what is not a number is not counted.
 * Source: tensorflow/tsl, lib/histogram/histogram.cc.
 */
export function histogram(values: ArrayLike<number>): Histogram {
  const buckets = new Uint32Array(LIMITS.length);
  let [min, max, num, sum, sumSquares] = [Infinity, -Infinity, 0, 0, 0];
  for (let i = 0; i < values.length; i++) {
    const x = values[i]!;
    if (Number.isNaN(x)) continue;
    buckets[bucketOf(x)]!++;
    if (x < min) min = x;
    if (x > max) max = x;
    num++;
    sum += x;
    sumSquares += x * x;
  }
  if (num === 0) return { min: 0, max: 0, num: 0, sum: 0, sumSquares: 0, limits: [0], counts: [0] };
  const first = buckets.findIndex((count) => count > 0);
  const last = buckets.findLastIndex((count) => count > 0);
  const limits: number[] = [];
  const counts: number[] = [];
  for (let i = first; i <= last; i++) {
    if (buckets[i] === 0 && buckets[i + 1] === 0) continue;
    limits.push(LIMITS[i]!);
    counts.push(buckets[i]!);
  }
  return { min, max, num, sum, sumSquares, limits, counts };
}

const LIMITS = Float64Array.from(limitsOfBuckets());
/** Where to begin looking, by sign, exponent and the first 7 bits of a float32: at most two buckets off. */
let starts: Uint16Array | undefined;
const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);

/** A network has millions of weights: a table and a step, where a search would take eleven. */
function bucketOf(x: number): number {
  starts ??= startsOfFloats();
  float[0] = x;
  let at = starts[bits[0]! >>> 16]!;
  while (at > 0 && x < LIMITS[at - 1]!) at--;
  while (at < LIMITS.length - 1 && x >= LIMITS[at]!) at++;
  return at;
}

function limitsOfBuckets(): number[] {
  const above: number[] = [];
  for (let limit = 1e-12; limit < 1e20; limit *= 1.1) above.push(limit);
  above.push(Number.MAX_VALUE);
  return [...above.map((limit) => -limit).toReversed(), 0, ...above];
}

function startsOfFloats(): Uint16Array {
  return Uint16Array.from({ length: 1 << 16 }, (_, high) => {
    bits[0] = high << 16;
    const x = float[0]!;
    let [low, top] = [0, LIMITS.length - 1];
    while (low < top) {
      const middle = (low + top) >> 1;
      if (x >= LIMITS[middle]!) low = middle + 1;
      else top = middle;
    }
    return low;
  });
}
