import type { Pixels } from '../../pipeline/pixels.ts';
import { INTERPOLATIONS, resize } from '../image/resize.ts';
import type { Interpolation } from '../image/resize.ts';

/** How an image was made smaller and large again. */
export interface Rescale {
  /** [height, width] of the small image in pixels. */
  size: readonly [number, number];
  down: Interpolation;
  up: Interpolation;
}

/** Smallest share of its sides that an image keeps. */
const LEAST = 0.2;

/**
 * Makes an image smaller and brings it back to its size, in place, each way by an interpolation of its own.
 *
 * In plain words: a face that was far away or badly compressed.
 *
 * ```ts
 * const { size, down, up } = rescale(face, keyedRandom(7, 'rescale', epoch, position));
 * ```
 *
 * AdaFace (Kim et al. 2022), section 4.1, with the figures of its dataset/augmenter.py: a share r from U(0.2, 1), sides of
 * floor(r x side) pixels, and two independent draws among nearest, bilinear, area, bicubic and Lanczos, all equally likely.
 *
 * @param image RGB; its pixels are overwritten.
 * @param random Gives floats in [0, 1); three are used.
 * @return What was drawn.
 */
export function rescale(image: Pixels, random: () => number): Rescale {
  const share = LEAST + (1 - LEAST) * random();
  const pick = (): Interpolation => INTERPOLATIONS[Math.floor(random() * INTERPOLATIONS.length)]!;
  const side = (length: number): number => Math.max(1, Math.floor(share * length));
  const drawn: Rescale = { size: [side(image.height), side(image.width)], down: pick(), up: pick() };
  throughSize(image, drawn);
  return drawn;
}

/** Brings an image to the size given and back to its own, in place. */
export function throughSize(image: Pixels, { size: [height, width], down, up }: Rescale): void {
  const small: Pixels = { height, width, data: new Uint8Array(height * width * 3) };
  resize(image, small, down);
  resize(small, image, up);
}
