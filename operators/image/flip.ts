import { POSE_CLASSES } from '../../pipeline/items.ts';
import type { Pixels } from '../../pipeline/pixels.ts';
import { layOut, loops, taken } from './vector.ts';

/** Left and right of the five landmarks change places: eyes 0 and 1, mouth corners 3 and 4. */
const MIRRORED = [1, 0, 2, 4, 3];

/**
 * Mirrors an image left to right, in place.
 *
 * In plain words: the face as in a mirror.
 *
 * @param image RGB; its pixels are overwritten.
 */
export function flip({ height, width, data }: Pixels): void {
  const [from, out] = layOut(data, data.length) as [number, number];
  loops.flip(from, height, width, out);
  taken(out, data);
}

/**
 * The five landmarks of a mirrored image of this width: what was the left eye is the right one.
 *
 * @param points x, y of eye at image left, eye at image right, nose, mouth corners left, right.
 */
export function flipPoints(points: ArrayLike<number>, width: number): Float32Array {
  const mirrored = new Float32Array(10);
  MIRRORED.forEach((from, to) => {
    mirrored[to * 2] = width - 1 - points[from * 2]!;
    mirrored[to * 2 + 1] = points[from * 2 + 1]!;
  });
  return mirrored;
}

/** The pose label of a mirrored face: its yaw negated. -1, no label, stays. */
export function flipPose(label: number): number {
  return label < 0 ? label : POSE_CLASSES - 1 - label;
}
