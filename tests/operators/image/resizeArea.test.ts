import { expect, test } from 'vitest';
import { resizeArea } from '../../../operators/image/resizeArea.ts';
import type { Pixels } from '../../../pipeline/pixels.ts';

const image = (height: number, width: number, grey: (x: number, y: number) => number): Pixels => ({
  height,
  width,
  data: Uint8Array.from({ length: height * width * 3 }, (_, i) => {
    const pixel = Math.floor(i / 3);
    return grey(pixel % width, Math.floor(pixel / width)) + (i % 3);
  }),
});

test.each([
  [12, 12, 4, 6],
  [11, 9, 5, 4],
  [30, 7, 7, 7],
])('a %i x %i image at %i x %i has its mean, channel by channel', (height, width, toHeight, toWidth) => {
  const from = image(height, width, (x, y) => (x * 37 + y * 91) % 250);
  const into = image(toHeight, toWidth, () => 0);
  resizeArea(from, into);
  for (const c of [0, 1, 2]) {
    const mean = (data: Uint8Array): number =>
      data.filter((_, i) => i % 3 === c).reduce((sum, value) => sum + value, 0) / (data.length / 3);
    expect(Math.abs(mean(into.data) - mean(from.data))).toBeLessThan(0.6);
  }
});

test('nothing is left out: one white pixel of nine is a ninth of white', () => {
  const into = image(1, 1, () => 0);
  resizeArea(
    image(3, 3, (x, y) => (x === 2 && y === 1 ? 252 : 0)),
    into,
  );
  expect([...into.data]).toEqual([28, 29, 30]);
});
