import type { Sample } from '../../pipeline/items.ts';
import type { Pixels } from '../../pipeline/pixels.ts';
import { flip, flipPoints, flipPose } from '../image/flip.ts';
import { keyedRandom } from '../maths/keyedRandom.ts';
import { blur } from './blur.ts';
import { crop } from './crop.ts';
import type { CropBox } from './crop.ts';
import { occlude } from './occlude.ts';
import type { Occlusion } from './occlude.ts';
import { photometric } from './photometric.ts';
import type { Adjustment } from './photometric.ts';
import { rescale } from './rescale.ts';
import type { Rescale } from './rescale.ts';
import type { AugmentSettings } from './settings.ts';

/** Whose randomness it is. */
export interface AugmentKey {
  seed: number;
  epoch: number;
  position: number;
}

/** What was drawn for one face; what is absent was not applied. */
export interface Drawn {
  crop?: CropBox;
  rescale?: Rescale;
  photometric?: Adjustment[];
  flip?: true;
  /** Place in BLUR_KERNELS. */
  blur?: number;
  occlude?: Occlusion;
}

/** A face after its augmentations: what belongs to it besides pixels, and what was drawn. */
export interface Augmented extends Pick<Sample, 'points' | 'variation'> {
  drawn: Drawn;
}

/**
 * Augments a face, in place, as the settings say.
 *
 * In plain words: each kind has a coin of its own; those that fall are applied in a fixed order, and the labels that they
 * change are changed with the pixels.
 *
 * ```ts
 * const { drawn } = augment(face, {}, augmentSettings({ crop: 0.2, rescale: 0.2 }, 'example'), { seed: 7, epoch: 0, position: 12 });
 * ```
 *
 * The order is AdaFace's (dataset/augmenter.py): crop, low resolution, light and colours, mirror; then MvCoM's blur and
 * occlusion, whose label is the place of the kernel or block drawn (appendix A.3). Kernels and blocks have the paper's pixels
 * at any size of the face: meant for 112, where drawn faces, whose blur and squares grow with the picture, agree with them. A
 * label that the face came with gives way to that of what was drawn on top. Each draws from (seed, its name, epoch, position):
 * what one does depends on no other.
 *
 * @param face RGB; its pixels are overwritten.
 * @param labels Of the face as it comes. They are not changed.
 */
export function augment(
  face: Pixels,
  labels: Pick<Sample, 'points' | 'variation'>,
  settings: AugmentSettings,
  { seed, epoch, position }: AugmentKey,
): Augmented {
  const drawn: Drawn = {};
  const { points, variation } = labels;
  const augmented: Augmented = { ...(points && { points }), ...(variation && { variation: { ...variation } }), drawn };
  const coin = (name: keyof AugmentSettings, apply: (random: () => number) => void): void => {
    const { chance } = settings[name];
    if (chance === 0) return;
    const random = keyedRandom(seed, name, epoch, position);
    if (random() < chance) apply(random);
  };
  coin('crop', (random) => (drawn.crop = crop(face, random)));
  coin('rescale', (random) => (drawn.rescale = rescale(face, random)));
  coin('photometric', (random) => (drawn.photometric = photometric(face, random, settings.photometric)));
  coin('flip', () => {
    drawn.flip = true;
    flip(face);
    if (points !== undefined) augmented.points = flipPoints(points, face.width);
    const pose = variation?.pose;
    if (pose !== undefined) augmented.variation!.pose = flipPose(pose);
  });
  coin('blur', (random) => {
    drawn.blur = blur(face, random);
    augmented.variation = { ...augmented.variation, blur: drawn.blur };
  });
  coin('occlude', (random) => {
    drawn.occlude = occlude(face, random);
    augmented.variation = { ...augmented.variation, occlusion: drawn.occlude.level };
  });
  return augmented;
}
