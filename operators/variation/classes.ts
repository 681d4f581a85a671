import { ETHNICITIES, POSE_CLASSES, type Factor } from '../../pipeline/items.ts';
import { BLUR_KERNELS } from '../augment/blur.ts';
import { OCCLUSION_BLOCKS } from '../augment/occlude.ts';

/** Classes of each variation: its labels are 0 to one less (MvCoM, appendix A.3: 4, 7, 4 and 5). */
export const VARIATION_CLASSES: Readonly<Record<Factor, number>> = {
  ethnicity: ETHNICITIES.length,
  pose: POSE_CLASSES,
  blur: BLUR_KERNELS.length,
  occlusion: OCCLUSION_BLOCKS.length,
};
