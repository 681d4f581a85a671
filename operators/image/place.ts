import type { Pixels } from '../../pipeline/pixels.ts';
import { align } from './align.ts';
import { resize } from './resize.ts';

/**
 * Puts a face in its place: aligned by its five landmarks where there are any, else resized.
 *
 * ```ts
 * const into = { height: 112, width: 112, data: new Uint8Array(112 * 112 * 3) };
 * const moved = place(photograph, undefined, into); // undefined: there were no landmarks to move
 * ```
 *
 * @param image RGB, any size.
 * @param points Five x, y in pixels of `image`.
 * @param into The face; its pixels are overwritten.
 * @return The landmarks in pixels of `into`.
 * @throws RxfaceError where the landmarks determine no alignment.
 */
export function place(image: Pixels, points: ArrayLike<number> | undefined, into: Pixels): Float32Array | undefined {
  if (points !== undefined) return align(image, points, into);
  resize(image, into);
  return undefined;
}
