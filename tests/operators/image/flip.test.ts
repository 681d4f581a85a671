import { expect, test } from 'vitest';
import { flip, flipPoints, flipPose } from '../../../operators/image/flip.ts';

test('mirrors rows of pixels, channels in order', () => {
  const image = { height: 2, width: 3, data: Uint8Array.from({ length: 18 }, (_, i) => i) };
  flip(image);
  expect([...image.data]).toEqual([6, 7, 8, 3, 4, 5, 0, 1, 2, 15, 16, 17, 12, 13, 14, 9, 10, 11]);
});

test('twice is once never', () => {
  const image = { height: 3, width: 4, data: Uint8Array.from({ length: 36 }, (_, i) => i * 3) };
  const before = image.data.slice();
  flip(image);
  flip(image);
  expect(image.data).toEqual(before);
});

test('landmarks go with the pixels, and left becomes right', () => {
  const points = Float32Array.of(10, 1, 30, 2, 20, 3, 12, 4, 28, 5);
  expect([...flipPoints(points, 41)]).toEqual([10, 2, 30, 1, 20, 3, 12, 5, 28, 4]);
  expect(flipPoints(flipPoints(points, 41), 41)).toEqual(points);
});

test('a mirrored face looks the other way', () => {
  expect([0, 1, 2, 3, 4, 5, 6, -1].map(flipPose)).toEqual([6, 5, 4, 3, 2, 1, 0, -1]);
});
