import { RxfaceError } from '../../pipeline/errors.ts';
import type { Pixels } from '../../pipeline/pixels.ts';
import { inverse, similarity, transform } from '../maths/similarity.ts';
import { warp } from './warp.ts';

/** Where the five landmarks lie in an aligned face of 112 x 112 (ArcFace; insightface face_align.py). */
export const ARCFACE_TEMPLATE: readonly number[] = [
  38.2946, 51.6963, 73.5318, 51.5014, 56.0252, 71.7366, 41.5493, 92.3655, 70.7299, 92.2041,
];
const TEMPLATE_SIZE = 112;

/** The template for a face of this size: scaled with the height, kept in the middle of the width. */
export function arcFaceTemplate(height: number, width: number): number[] {
  const scale = height / TEMPLATE_SIZE;
  const shift = (width - height) / 2;
  return ARCFACE_TEMPLATE.map((value, i) => value * scale + (i % 2 === 0 ? shift : 0));
}

/**
 * Aligns a face by its five landmarks to the ArcFace template.
 *
 * In plain words: turns, scales and shifts the photograph so that eyes, nose and mouth lie where every network of the
 * field expects them; what lies outside the photograph is black.
 *
 * ```ts
 * const face: Pixels = { height: 112, width: 112, data: new Uint8Array(112 * 112 * 3) };
 * const placed = align(photograph, points, face); // the five points in the pixels of `face`
 * ```
 *
 * Least-squares similarity without reflection, bilinear, black border (Deng et al., ArcFace, section 4.1).
 *
 * @param image RGB, any size.
 * @param points Five x, y in pixels of `image`: eye at image left, eye at image right, nose, mouth corners left, right.
 * @param into The aligned face; its pixels are overwritten.
 * @return The five landmarks in pixels of `into`.
 * @throws RxfaceError where the landmarks are not five, coincide or are not finite.
 */
export function align(image: Pixels, points: ArrayLike<number>, into: Pixels): Float32Array {
  if (points.length !== 10) throw new RxfaceError(`landmarks are ${points.length} numbers instead of five x, y`);
  const forward = similarity(points, arcFaceTemplate(into.height, into.width));
  const back = forward && inverse(forward);
  if (forward === undefined || back === undefined) {
    throw new RxfaceError(`landmarks determine no alignment: ${Array.from(points).join(', ')}`);
  }
  warp(image, back, into);
  return transform(forward, points);
}
