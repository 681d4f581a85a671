// Averages over the area that each pixel covers, in single precision and OpenCV's order: see ../resizeArea.ts.

/**
 * @param data [height, width, 3] bytes
 * @param starts [outWidth + 1] where the pieces of each pixel begin
 * @param offsets bytes of each piece from the beginning of its row
 * @param shares of each piece, float32
 * @param rowStarts [outHeight + 1]
 * @param rows row of each piece
 * @param rowShares float32
 * @param row room for a row of the result as float32, and four more
 * @param sum the same
 */
// prettier-ignore
export function resizeArea(
  data: usize, width: i32, starts: usize, offsets: usize, shares: usize,
  rowStarts: usize, rows: usize, rowShares: usize,
  row: usize, sum: usize, out: usize, outHeight: i32, outWidth: i32,
): void {
  const length = <usize>(outWidth * 3);
  const bytes = length << 2;
  let held = -1;
  for (let y = 0; y < outHeight; y++) {
    memory.fill(sum, 0, bytes);
    const end = load<i32>(rowStarts + (<usize>(y + 1) << 2));
    for (let k = load<i32>(rowStarts + (<usize>y << 2)); k < end; k++) {
      const piece = <usize>k << 2;
      const source = load<i32>(rows + piece);
      if (source != held) narrow(data + <usize>(source * width * 3), starts, offsets, shares, outWidth, row);
      held = source;
      const share = v128.load32_splat(rowShares + piece);
      for (let i: usize = 0; i < bytes; i += 16) {
        v128.store(sum + i, f32x4.add(v128.load(sum + i), f32x4.mul(share, v128.load(row + i))));
      }
    }
    for (let i: usize = 0; i < length; i += 8) {
      const low = i32x4.trunc_sat_f32x4_u(f32x4.nearest(v128.load(sum + (i << 2))));
      const high = i32x4.trunc_sat_f32x4_u(f32x4.nearest(v128.load(sum + (i << 2) + 16)));
      const words = i16x8.narrow_i32x4_s(low, high);
      v128.store64_lane(out + i, i8x16.narrow_i16x8_u(words, words), 0);
    }
    out += length;
  }
}

/** A row at the width of the result. */
function narrow(source: usize, starts: usize, offsets: usize, shares: usize, outWidth: i32, row: usize): void {
  let k = (<usize>load<i32>(starts)) << 2;
  for (let x = 0; x < outWidth; x++) {
    starts += 4;
    const end = (<usize>load<i32>(starts)) << 2;
    let sum = f32x4.splat(0);
    for (; k < end; k += 4) {
      const bytes = v128.load32_zero(source + load<i32>(offsets + k));
      const pixel = f32x4.convert_i32x4_u(i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(bytes)));
      sum = f32x4.add(sum, f32x4.mul(pixel, v128.load32_splat(shares + k)));
    }
    v128.store(row, sum);
    row += 12;
  }
}
