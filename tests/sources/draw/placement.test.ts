import { expect, it } from 'vitest';
import { ARCFACE_TEMPLATE } from '../../../operators/image/align.ts';
import { similarity, transform } from '../../../operators/maths/similarity.ts';
import { placed } from '../../../sources/draw/placement.ts';
import type { Point } from '../../../sources/draw/path.ts';

const face: Point[] = [
  [-0.5, 0],
  [0.4, 0.1],
  [0.1, 0.6],
  [-0.3, 1.1],
  [0.5, 1],
];

it('brings landmarks where the alignment would', () => {
  const put = placed(face, { scale: 1, turn: 0, shift: [0, 0] }, 0);
  const aligned = transform(similarity(face.flat(), ARCFACE_TEMPLATE)!, face.flat());
  face.flatMap((point) => [...put(point)]).forEach((value, i) => expect(value).toBeCloseTo(aligned[i]!, 3));
});

it('turns, scales and shifts about the middle, and counts from pixel corners', () => {
  const still = placed(face, { scale: 1, turn: 0, shift: [0, 0] }, 0);
  const moved = placed(face, { scale: 2, turn: Math.PI / 2, shift: [3, 4] }, 0.5);
  for (const point of face) {
    const [x, y] = still(point);
    expect(moved(point)[0]).toBeCloseTo(56 - 2 * (y - 56) + 3.5);
    expect(moved(point)[1]).toBeCloseTo(56 + 2 * (x - 56) + 4.5);
  }
});
