// Mixtures with grey in single precision, clipped, the fraction cut off, as in Pillow's Blend.c: see ../../augment/photometric.ts.

@inline
function mixed(grey: v128, value: v128, factor: v128): v128 {
  const blend = f32x4.add(grey, f32x4.mul(factor, f32x4.sub(value, grey)));
  return i32x4.trunc_sat_f32x4_u(f32x4.min(f32x4.max(blend, f32x4.splat(0)), f32x4.splat(255)));
}

/** Every one of `length` bytes mixed with one grey. */
export function blendGrey(data: usize, length: usize, grey: f32, factor: f32): void {
  const from = f32x4.splat(grey);
  const by = f32x4.splat(factor);
  for (const end = data + length; data < end; data += 16) {
    const bytes = v128.load(data);
    const low = i16x8.extend_low_i8x16_u(bytes);
    const high = i16x8.extend_high_i8x16_u(bytes);
    const a = mixed(from, f32x4.convert_i32x4_u(i32x4.extend_low_i16x8_u(low)), by);
    const b = mixed(from, f32x4.convert_i32x4_u(i32x4.extend_high_i16x8_u(low)), by);
    const c = mixed(from, f32x4.convert_i32x4_u(i32x4.extend_low_i16x8_u(high)), by);
    const d = mixed(from, f32x4.convert_i32x4_u(i32x4.extend_high_i16x8_u(high)), by);
    v128.store(data, i8x16.narrow_i16x8_u(i16x8.narrow_i32x4_s(a, b), i16x8.narrow_i32x4_s(c, d)));
  }
}

// The channels of four pixels that follow one another, each in 32 bits.
@inline
function channel0(pixels: v128): v128 {
  return i8x16.swizzle(pixels, i8x16(0, -1, -1, -1, 3, -1, -1, -1, 6, -1, -1, -1, 9, -1, -1, -1));
}
@inline
function channel1(pixels: v128): v128 {
  return i8x16.swizzle(pixels, i8x16(1, -1, -1, -1, 4, -1, -1, -1, 7, -1, -1, -1, 10, -1, -1, -1));
}
@inline
function channel2(pixels: v128): v128 {
  return i8x16.swizzle(pixels, i8x16(2, -1, -1, -1, 5, -1, -1, -1, 8, -1, -1, -1, 11, -1, -1, -1));
}

/** Pillow's convert('L'): 0.299, 0.587 and 0.114 in 16 bits, rounded; `w0` and `w2` are the weights of the outer channels. */
@inline
function luma(pixels: v128, w0: v128, w2: v128): v128 {
  const outer = i32x4.add(i32x4.mul(channel0(pixels), w0), i32x4.mul(channel2(pixels), w2));
  const inner = i32x4.mul(channel1(pixels), i32x4.splat(38470));
  return i32x4.shr_u(i32x4.add(i32x4.add(outer, inner), i32x4.splat(0x8000)), 16);
}

/** The sum of the lumas of `pixels` pixels. */
export function lumaSum(data: usize, pixels: i32, w0: i32, w2: i32): f64 {
  const a = i32x4.splat(w0);
  const c = i32x4.splat(w2);
  let sum = i64x2.splat(0);
  let left = pixels;
  for (; left >= 4; left -= 4, data += 12) {
    const four = luma(v128.load(data), a, c);
    sum = i64x2.add(sum, i64x2.extend_low_i32x4_u(four));
    sum = i64x2.add(sum, i64x2.extend_high_i32x4_u(four));
  }
  let total = i64x2.extract_lane(sum, 0) + i64x2.extract_lane(sum, 1);
  for (; left > 0; left--, data += 3) total += i32x4.extract_lane(luma(v128.load(data), a, c), 0);
  return <f64>total;
}

/** Every pixel mixed with its own luma. */
export function blendLuma(data: usize, pixels: i32, factor: f32, w0: i32, w2: i32): void {
  const by = f32x4.splat(factor);
  const a = i32x4.splat(w0);
  const c = i32x4.splat(w2);
  for (let left = pixels; left > 0; left -= 4, data += 12) {
    const four = v128.load(data);
    const grey = f32x4.convert_i32x4_u(luma(four, a, c));
    const first = mixed(grey, f32x4.convert_i32x4_u(channel0(four)), by);
    const second = i32x4.shl(mixed(grey, f32x4.convert_i32x4_u(channel1(four)), by), 8);
    const third = i32x4.shl(mixed(grey, f32x4.convert_i32x4_u(channel2(four)), by), 16);
    const wide = v128.or(v128.or(first, second), third);
    const done = i8x16.swizzle(wide, i8x16(0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, -1, -1, -1, -1));
    v128.store64_lane(data, done, 0);
    v128.store32_lane(data + 8, done, 2);
  }
}
