import { expect, test } from 'vitest';
import { resizeSeparable } from '../../../operators/image/resizeSeparable.ts';
import type { Pixels } from '../../../pipeline/pixels.ts';

const stripe = (width: number): Pixels => ({
  height: 6,
  width,
  data: Uint8Array.from({ length: 6 * width * 3 }, (_, i) => (Math.floor(i / 3) % width < width / 2 ? 20 : 235)),
});

test('bilinear stays between its neighbours, bicubic and Lanczos overshoot', () => {
  const range = (name: 'bilinear' | 'bicubic' | 'lanczos4'): number[] => {
    const into = { height: 6, width: 31, data: new Uint8Array(6 * 31 * 3) };
    resizeSeparable(stripe(8), into, name);
    return [Math.min(...into.data), Math.max(...into.data)];
  };
  expect(range('bilinear')).toEqual([20, 235]);
  for (const name of ['bicubic', 'lanczos4'] as const) {
    const [least, most] = range(name) as [number, number];
    expect(least).toBeLessThan(20);
    expect(most).toBeGreaterThan(235);
  }
});

test('the largest overshoot is cut at black and white, never wrapped', () => {
  const black = stripe(8);
  black.data.forEach((value, i) => (black.data[i] = value > 100 ? 255 : 0));
  for (const name of ['bicubic', 'lanczos4'] as const) {
    const into = { height: 6, width: 64, data: new Uint8Array(6 * 64 * 3) };
    resizeSeparable(black, into, name);
    const row = Array.from({ length: 64 }, (_, x) => into.data[x * 3]!);
    expect(row.slice(0, 28).every((grey) => grey < 80)).toBe(true);
    expect(row.slice(36).every((grey) => grey > 175)).toBe(true);
  }
});
