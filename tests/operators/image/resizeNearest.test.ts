import { expect, test } from 'vitest';
import { resizeNearest } from '../../../operators/image/resizeNearest.ts';

const row = (...greys: number[]): Uint8Array => Uint8Array.from(greys.flatMap((grey) => [grey, grey + 1, grey + 2]));

test('steps on by the scale from the first pixel, channels in order', () => {
  const image = { height: 1, width: 5, data: row(10, 20, 30, 40, 50) };
  const into = { height: 1, width: 3, data: new Uint8Array(9) };
  resizeNearest(image, into);
  expect(into.data).toEqual(row(10, 20, 40));
  const wide = { height: 2, width: 7, data: new Uint8Array(42) };
  resizeNearest(image, wide);
  expect(wide.data.subarray(0, 21)).toEqual(row(10, 10, 20, 30, 30, 40, 50));
  expect(wide.data.subarray(21)).toEqual(wide.data.subarray(0, 21));
});
