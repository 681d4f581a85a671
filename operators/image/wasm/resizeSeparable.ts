// Weighted sums of neighbours, along rows and then along columns, in whole numbers: see ../resizeSeparable.ts.

/** Pixels by which a row is continued on either side: half of the most taps. */
const MARGIN: i32 = 4;
const SHIFT: i32 = 22;
const HALF: i32 = 1 << (SHIFT - 1);

/**
 * @param data [height, width, 3] bytes
 * @param padded room for a row and its margins
 * @param taps 2, 4 or 8
 * @param first [outWidth] where the neighbours of a pixel begin, -MARGIN or more
 * @param pairs [outWidth, taps / 2] two weights of 16 bits each, the first one low
 * @param rowFirst [outHeight]
 * @param rowWeights [outHeight, taps]
 * @param ring room for `taps` stretched rows
 * @param pitch values from one stretched row to the next
 */
// prettier-ignore
export function resizeSeparable(
  data: usize, height: i32, width: i32, padded: usize, taps: i32,
  first: usize, pairs: usize, rowFirst: usize, rowWeights: usize,
  ring: usize, pitch: i32, out: usize, outHeight: i32, outWidth: i32,
): void {
  const length = <usize>(outWidth * 3);
  // Rows are asked for in rising order. Those below `next` are stretched, row y in slot y modulo taps.
  let next = 0;
  for (let y = 0; y < outHeight; y++) {
    const start = load<i32>(rowFirst + (<usize>y << 2));
    const last = within(start + taps - 1, height);
    next = max(next, within(start, height));
    for (; next <= last; next++) {
      pad(data + <usize>(next * width * 3), width, padded);
      stretch(padded + MARGIN * 3, taps, first, pairs, outWidth, ring + (<usize>(next % taps * pitch) << 2));
    }
    const weights = rowWeights + (<usize>(y * taps) << 2);
    if (taps == 2) mix2(ring, pitch, start, height, weights, out, length);
    else if (taps == 4) mix4(ring, pitch, start, height, weights, out, length);
    else mix8(ring, pitch, start, height, weights, out, length);
    out += length;
  }
}

function within(row: i32, height: i32): i32 {
  return min(max(row, 0), height - 1);
}

/** A row with its first and last pixel repeated. */
function pad(row: usize, width: i32, padded: usize): void {
  const length = <usize>(width * 3);
  const middle = padded + MARGIN * 3;
  memory.copy(middle, row, length);
  for (let i: usize = 0; i < <usize>(MARGIN * 3); i++) {
    store<u8>(padded + i, load<u8>(row + (i % 3)));
    store<u8>(middle + length + i, load<u8>(row + length - 3 + (i % 3)));
  }
}

/** Two pixels that follow one another, channel beside channel in 16 bits: red red green green blue blue. */
@inline
function pairOf(pixels: v128): v128 {
  return i8x16.swizzle(pixels, i8x16(0, -1, 3, -1, 1, -1, 4, -1, 2, -1, 5, -1, -1, -1, -1, -1));
}

@inline
function secondPairOf(pixels: v128): v128 {
  return i8x16.swizzle(pixels, i8x16(6, -1, 9, -1, 7, -1, 10, -1, 8, -1, 11, -1, -1, -1, -1, -1));
}

@inline
function weighed(values: v128, pair: usize): v128 {
  return i32x4.dot_i16x8_s(values, v128.load32_splat(pair));
}

/** A row at the width of the result, in 1 / 2048 of a grey level. Every pixel stores four values: the next one's first covers the fourth. */
function stretch(row: usize, taps: i32, first: usize, pairs: usize, outWidth: i32, to: usize): void {
  const step = <usize>(taps << 1);
  for (let x = 0; x < outWidth; x++) {
    const at = row + load<i32>(first) * 3;
    const near = v128.load(at);
    let sum = weighed(pairOf(near), pairs);
    if (taps > 2) sum = i32x4.add(sum, weighed(secondPairOf(near), pairs + 4));
    if (taps > 4) {
      const far = v128.load(at + 12);
      sum = i32x4.add(sum, i32x4.add(weighed(pairOf(far), pairs + 8), weighed(secondPairOf(far), pairs + 12)));
    }
    v128.store(to, sum);
    to += 12;
    first += 4;
    pairs += step;
  }
}

/** The stretched row `row`, or the border's. */
@inline
function slot(ring: usize, pitch: i32, row: i32, height: i32, taps: i32): usize {
  return ring + (<usize>((within(row, height) % taps) * pitch) << 2);
}

@inline
function narrow(to: usize, a: v128, b: v128, c: v128, d: v128): void {
  v128.store(to, i8x16.narrow_i16x8_u(i16x8.narrow_i32x4_s(a, b), i16x8.narrow_i32x4_s(c, d)));
}

@inline
function cut(row: usize, weight: v128): v128 {
  return i32x4.shr_s(i32x4.mul(i32x4.shr_s(v128.load(row), 4), weight), 16);
}

@inline
function sum2(above: usize, v: v128, below: usize, w: v128): v128 {
  return i32x4.shr_s(i32x4.add(i32x4.add(cut(above, v), cut(below, w)), i32x4.splat(2)), 2);
}

/** Products are cut to 1 / 4 of a grey level before they are added: so does OpenCV, whose vectors are of 16 bits here. */
function mix2(ring: usize, pitch: i32, start: i32, height: i32, weights: usize, out: usize, length: usize): void {
  let a = slot(ring, pitch, start, height, 2);
  let b = slot(ring, pitch, start + 1, height, 2);
  const v = v128.load32_splat(weights);
  const w = v128.load32_splat(weights + 4);
  for (const end = out + length; out < end; out += 16) {
    narrow(out, sum2(a, v, b, w), sum2(a + 16, v, b + 16, w), sum2(a + 32, v, b + 32, w), sum2(a + 48, v, b + 48, w));
    a += 64;
    b += 64;
  }
}

@inline
function part(a: usize, wa: v128, b: usize, wb: v128): v128 {
  return i32x4.add(i32x4.mul(v128.load(a), wa), i32x4.mul(v128.load(b), wb));
}

/** What lies between two grey levels goes to the even one, as in OpenCV's vector code for four neighbours. */
@inline
function toEven(sum: v128): v128 {
  const odd = v128.and(i32x4.shr_s(sum, SHIFT), i32x4.splat(1));
  return i32x4.shr_s(i32x4.add(i32x4.add(sum, i32x4.splat(HALF - 1)), odd), SHIFT);
}

function mix4(ring: usize, pitch: i32, start: i32, height: i32, weights: usize, out: usize, length: usize): void {
  const a = slot(ring, pitch, start, height, 4);
  const b = slot(ring, pitch, start + 1, height, 4);
  const c = slot(ring, pitch, start + 2, height, 4);
  const d = slot(ring, pitch, start + 3, height, 4);
  const wa = v128.load32_splat(weights);
  const wb = v128.load32_splat(weights + 4);
  const wc = v128.load32_splat(weights + 8);
  const wd = v128.load32_splat(weights + 12);
  let i: usize = 0;
  for (const end = out + length; out < end; out += 16) {
    const s0 = toEven(i32x4.add(part(a + i, wa, b + i, wb), part(c + i, wc, d + i, wd)));
    const s1 = toEven(i32x4.add(part(a + i + 16, wa, b + i + 16, wb), part(c + i + 16, wc, d + i + 16, wd)));
    const s2 = toEven(i32x4.add(part(a + i + 32, wa, b + i + 32, wb), part(c + i + 32, wc, d + i + 32, wd)));
    const s3 = toEven(i32x4.add(part(a + i + 48, wa, b + i + 48, wb), part(c + i + 48, wc, d + i + 48, wd)));
    narrow(out, s0, s1, s2, s3);
    i += 64;
  }
}

function mix8(ring: usize, pitch: i32, start: i32, height: i32, weights: usize, out: usize, length: usize): void {
  const a = slot(ring, pitch, start, height, 8);
  const b = slot(ring, pitch, start + 1, height, 8);
  const c = slot(ring, pitch, start + 2, height, 8);
  const d = slot(ring, pitch, start + 3, height, 8);
  const e = slot(ring, pitch, start + 4, height, 8);
  const f = slot(ring, pitch, start + 5, height, 8);
  const g = slot(ring, pitch, start + 6, height, 8);
  const h = slot(ring, pitch, start + 7, height, 8);
  const wa = v128.load32_splat(weights);
  const wb = v128.load32_splat(weights + 4);
  const wc = v128.load32_splat(weights + 8);
  const wd = v128.load32_splat(weights + 12);
  const we = v128.load32_splat(weights + 16);
  const wf = v128.load32_splat(weights + 20);
  const wg = v128.load32_splat(weights + 24);
  const wh = v128.load32_splat(weights + 28);
  const half = i32x4.splat(HALF);
  let i: usize = 0;
  for (const end = out + length; out < end; out += 8) {
    const low = i32x4.add(
      i32x4.add(part(a + i, wa, b + i, wb), part(c + i, wc, d + i, wd)),
      i32x4.add(part(e + i, we, f + i, wf), part(g + i, wg, h + i, wh)),
    );
    i += 16;
    const high = i32x4.add(
      i32x4.add(part(a + i, wa, b + i, wb), part(c + i, wc, d + i, wd)),
      i32x4.add(part(e + i, we, f + i, wf), part(g + i, wg, h + i, wh)),
    );
    i += 16;
    const words = i16x8.narrow_i32x4_s(i32x4.shr_s(i32x4.add(low, half), SHIFT), i32x4.shr_s(i32x4.add(high, half), SHIFT));
    v128.store64_lane(out, i8x16.narrow_i16x8_u(words, words), 0);
  }
}
