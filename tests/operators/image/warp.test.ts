import { expect, test } from 'vitest';
import { warp } from '../../../operators/image/warp.ts';
import type { Pixels } from '../../../pipeline/pixels.ts';

const grey = (height: number, width: number, values: number[]): Pixels => ({
  height,
  width,
  data: Uint8Array.from(values.flatMap((value) => [value, value, value])),
});
const greys = ({ data }: Pixels): number[] => [...data].filter((_, i) => i % 3 === 0);
const identity = { a: 1, b: 0, x0: 0, y0: 0 };

test('the identity copies, and what is beyond the source is black', () => {
  const into = grey(3, 3, new Array<number>(9).fill(7));
  warp(grey(2, 2, [10, 20, 30, 40]), identity, into);
  expect(greys(into)).toEqual([10, 20, 0, 30, 40, 0, 0, 0, 0]);
});

test('half a pixel mixes neighbours, and the border with black', () => {
  const into = grey(1, 3, [7, 7, 7]);
  warp(grey(1, 2, [100, 200]), { ...identity, x0: -0.5 }, into);
  expect(greys(into)).toEqual([50, 150, 100]);
  warp(grey(1, 1, [100]), { ...identity, x0: -0.5, y0: -0.5 }, into);
  expect(greys(into)).toEqual([25, 25, 0]);
});

test('a quarter turn moves pixels where it says', () => {
  // Result (x, y) comes from source (y, 1 - x).
  const into = grey(2, 2, [0, 0, 0, 0]);
  warp(grey(2, 2, [1, 2, 3, 4]), { a: 0, b: -1, x0: 0, y0: 1 }, into);
  expect(greys(into)).toEqual([3, 1, 4, 2]);
});

test('places far outside or not finite are black', () => {
  const into = grey(1, 2, [7, 7]);
  warp(grey(1, 1, [9]), { ...identity, x0: 1e20 }, into);
  expect(greys(into)).toEqual([0, 0]);
  warp(grey(1, 1, [9]), { ...identity, x0: NaN }, into);
  expect(greys(into)).toEqual([0, 0]);
});
