import { expect, test } from 'vitest';
import { align } from '../../../operators/image/align.ts';
import { place } from '../../../operators/image/place.ts';
import { resize } from '../../../operators/image/resize.ts';

const image = { height: 20, width: 30, data: Uint8Array.from({ length: 1800 }, (_, i) => (i * 37) & 255) };
const face = () => ({ height: 16, width: 16, data: new Uint8Array(768) });

test('aligns a face with landmarks, resizes one without', () => {
  const points = [8, 6, 20, 6, 14, 10, 9, 15, 19, 15];
  const [aligned, placed, resized, stretched] = [face(), face(), face(), face()];
  expect(place(image, points, placed)).toEqual(align(image, points, aligned));
  expect(placed.data).toEqual(aligned.data);
  expect(place(image, undefined, stretched)).toBeUndefined();
  resize(image, resized);
  expect(stretched.data).toEqual(resized.data);
  expect(() => place(image, [1, 2], face())).toThrow('landmarks are 2 numbers');
});
