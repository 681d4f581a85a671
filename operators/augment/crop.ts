import type { Pixels } from '../../pipeline/pixels.ts';

/** The part of an image that was kept, in pixels. */
export interface CropBox {
  top: number;
  left: number;
  height: number;
  width: number;
}

/** Share of the image's area that is kept. */
const AREA = [0.2, 1] as const;
/** Width over height of what is kept. */
const ASPECT = [3 / 4, 4 / 3] as const;
const ATTEMPTS = 10;

/**
 * Keeps a random box of an image and blacks out the rest, in place: nothing moves and nothing is stretched.
 *
 * In plain words: a face seen only in part.
 *
 * ```ts
 * const { top, left, height, width } = crop(face, keyedRandom(7, 'crop', epoch, position));
 * ```
 *
 * AdaFace (Kim et al. 2022), section 4.1, with the figures of its dataset/augmenter.py: the box is that of torchvision's
 * RandomResizedCrop, of an area from U(0.2, 1) of the image's and of a log-uniform aspect in [3/4, 4/3].
 *
 * @param image RGB; its pixels are overwritten.
 * @param random Gives floats in [0, 1).
 * @return What was kept.
 */
export function crop(image: Pixels, random: () => number): CropBox {
  const box = drawBox(image.height, image.width, random);
  blackOutside(image, box);
  return box;
}

/** torchvision's RandomResizedCrop.get_params: ten attempts at a box that fits, then the middle of the image. */
export function drawBox(height: number, width: number, random: () => number): CropBox {
  const between = (low: number, high: number): number => low + (high - low) * random();
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const area = height * width * between(...AREA);
    const aspect = Math.exp(between(Math.log(ASPECT[0]), Math.log(ASPECT[1])));
    const boxWidth = Math.round(Math.sqrt(area * aspect));
    const boxHeight = Math.round(Math.sqrt(area / aspect));
    if (boxWidth < 1 || boxWidth > width || boxHeight < 1 || boxHeight > height) continue;
    const top = Math.floor(random() * (height - boxHeight + 1));
    const left = Math.floor(random() * (width - boxWidth + 1));
    return { top, left, height: boxHeight, width: boxWidth };
  }
  const aspect = Math.min(Math.max(width / height, ASPECT[0]), ASPECT[1]);
  const boxWidth = Math.min(width, Math.round(height * aspect));
  const boxHeight = Math.min(height, Math.round(width / aspect));
  const top = Math.floor((height - boxHeight) / 2);
  const left = Math.floor((width - boxWidth) / 2);
  return { top, left, height: boxHeight, width: boxWidth };
}

function blackOutside({ height, width, data }: Pixels, box: CropBox): void {
  const row = width * 3;
  const bottom = box.top + box.height;
  data.fill(0, 0, box.top * row);
  for (let y = box.top; y < bottom; y++) {
    data.fill(0, y * row, y * row + box.left * 3);
    data.fill(0, y * row + (box.left + box.width) * 3, (y + 1) * row);
  }
  data.fill(0, bottom * row, height * row);
}
