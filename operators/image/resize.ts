import type { Pixels } from '../../pipeline/pixels.ts';
import { resizeArea } from './resizeArea.ts';
import { resizeNearest } from './resizeNearest.ts';
import { resizeSeparable } from './resizeSeparable.ts';

/** How an image is brought to another size, by the names the field uses. */
export const INTERPOLATIONS = ['nearest', 'bilinear', 'area', 'bicubic', 'lanczos4'] as const;
export type Interpolation = (typeof INTERPOLATIONS)[number];

/**
 * Brings an image to another size, as OpenCV's resize does: half-pixel centres, borders repeated, no smoothing beforehand.
 *
 * In plain words: stretches or shrinks the picture. 'area' averages where it shrinks both ways; where it does not, it is
 * bilinear with sharper steps, as in OpenCV. The others look at a fixed number of neighbours, so that strong shrinking
 * leaves pixels out.
 *
 * ```ts
 * const small: Pixels = { height: 20, width: 20, data: new Uint8Array(20 * 20 * 3) };
 * resize(face, small, 'area');
 * ```
 *
 * Pixels are those of OpenCV's own code (cv2.resize without IPP) exactly; bicubic is off by one grey level in few values
 * (none at most sizes, 1 in 200 where 4 pixels become 1): there OpenCV's vector code rounds in single precision.
 *
 * @param image RGB, any size.
 * @param into The result; its pixels are overwritten. At the same size they are copied.
 */
export function resize(image: Pixels, into: Pixels, interpolation: Interpolation = 'bilinear'): void {
  if (image.height === into.height && image.width === into.width) {
    into.data.set(image.data);
  } else if (interpolation === 'nearest') {
    resizeNearest(image, into);
  } else if (interpolation === 'area' && image.height >= into.height && image.width >= into.width) {
    resizeArea(image, into);
  } else {
    resizeSeparable(image, into, interpolation);
  }
}
