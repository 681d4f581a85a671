import { expect, test } from 'vitest';
import { contactSheet } from '../../../operators/image/contactSheet.ts';
import { decodeWithSharp } from '../../../pipeline/pixels.ts';
import type { Pixels } from '../../../pipeline/pixels.ts';

const plain = (height: number, width: number, grey: number): Pixels => ({
  height,
  width,
  data: new Uint8Array(height * width * 3).fill(grey),
});
const at = ({ data, width }: Pixels, x: number, y: number): number => data[(y * width + x) * 3]!;

test('lays images out in rows, each in its proportions', async () => {
  const sheet = await decodeWithSharp(
    await contactSheet([plain(5, 5, 10), plain(40, 20, 20), plain(10, 20, 30)], { columns: 2, tile: 20 }),
  );
  expect([sheet.height, sheet.width]).toEqual([4 + 2 * 24, 4 + 2 * 24]);
  expect(at(sheet, 4, 4)).toBe(10);
  expect(at(sheet, 23, 23)).toBe(10);
  // Twice as high as wide: the middle of its tile.
  expect([32, 33, 42, 43].map((x) => at(sheet, x, 4))).toEqual([245, 20, 20, 245]);
  expect([32, 33, 42, 43].map((y) => at(sheet, 4, y))).toEqual([245, 30, 30, 245]);
});

test('writes captions under the images, whatever they hold', async () => {
  const captions = ['a <b> & "c"', '\u0000\ud800 and a long line that is cut'];
  const sheet = await decodeWithSharp(
    await contactSheet([plain(9, 9, 0), plain(9, 9, 0)], { columns: 2, tile: 64, captions }),
  );
  expect(sheet.height).toBe(4 + 64 + 14 + 4);
});

test('no images are an empty sheet', async () => {
  expect((await decodeWithSharp(await contactSheet([], { tile: 8 }))).width).toBe(16);
});

test('refuses sizes that make no sheet', async () => {
  await expect(contactSheet([], { columns: 0 })).rejects.toThrow(
    'contactSheet: columns must be a whole number of at least 1, received 0',
  );
  await expect(contactSheet([], { tile: 4 })).rejects.toThrow(
    'contactSheet: tile must be a whole number in [8, 1024], received 4',
  );
});
