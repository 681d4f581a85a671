// Mirrors rows: see ../flip.ts.

/** `out` gets each row of [height, width, 3] bytes from right to left. */
export function flip(data: usize, height: i32, width: i32, out: usize): void {
  for (let y = 0; y < height; y++) {
    let to = out + <usize>(width * 3);
    let left = width;
    for (; left >= 4; left -= 4, data += 12) {
      to -= 12;
      const turned = i8x16.swizzle(v128.load(data), i8x16(9, 10, 11, 6, 7, 8, 3, 4, 5, 0, 1, 2, -1, -1, -1, -1));
      v128.store64_lane(to, turned, 0);
      v128.store32_lane(to + 8, turned, 2);
    }
    for (; left > 0; left--, data += 3) {
      to -= 3;
      store<u8>(to, load<u8>(data));
      store<u8>(to + 1, load<u8>(data + 1));
      store<u8>(to + 2, load<u8>(data + 2));
    }
    out += <usize>(width * 3);
  }
}
