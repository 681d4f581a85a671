import type { Pixels } from '../../pipeline/pixels.ts';

/** Sides of the occluding blocks in pixels, smallest first: MvCoM, appendix A.3. */
export const OCCLUSION_BLOCKS = [5, 11, 17, 23, 29] as const;

/** A block that was blacked out. */
export interface Occlusion {
  /** Place of its side in {@link OCCLUSION_BLOCKS}. */
  level: number;
  /** Of its corner at the image's left and top, in pixels. */
  left: number;
  top: number;
}

/**
 * Blacks out one square block, its side one of five, anywhere within the image, in place.
 *
 * In plain words: something small or large is in front of the face.
 *
 * ```ts
 * const { level } = occlude(face, keyedRandom(7, 'occlude', epoch, position)); // 0..4, an occlusion label
 * ```
 *
 * MvCoM, appendix A.3: "five different block sizes (5, 11, 17, 23, 29) to randomly black out the training images", meant
 * for faces of 112 x 112 and not scaled with others. Sides and places are equally likely. An image that is smaller than the block is black after it.
 *
 * @param image RGB; its pixels are overwritten.
 * @param random Gives floats in [0, 1); three are used.
 * @return What was drawn.
 */
export function occlude(image: Pixels, random: () => number): Occlusion {
  const { height, width } = image;
  const level = Math.floor(random() * OCCLUSION_BLOCKS.length);
  const side = OCCLUSION_BLOCKS[level]!;
  const left = placeOf(side, width, random);
  const top = placeOf(side, height, random);
  blackOut(image, { side, left, top });
  return { level, left, top };
}

/** A square of `side` pixels, by its corner at the image's left and top. */
export interface Block {
  side: number;
  left: number;
  top: number;
}

/** Blacks out what of a block lies within an image, in place. */
export function blackOut({ height, width, data }: Pixels, { side, left, top }: Block): void {
  const right = Math.min(left + side, width);
  for (let y = top; y < Math.min(top + side, height); y++)
    data.fill(0, (y * width + left) * 3, (y * width + right) * 3);
}

/** Where a block begins of those places where it ends within `length`. */
export function placeOf(side: number, length: number, random: () => number): number {
  return Math.floor(random() * Math.max(1, length - side + 1));
}
