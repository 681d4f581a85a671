import { OptionError } from '../../pipeline/errors.ts';
import { byClass, volumeMargins } from './classVolume.ts';
import type { Margin } from './margin.ts';

export interface LdamOptions {
  /** Images of each class of the training set, whole numbers of at least 1. */
  counts: ArrayLike<number>;
  /** Scale of the cosines, above 0. Default 30; its authors found 10 to work the same. */
  s?: number;
  /** Margin of the rarest class in cosine units, at least 0. Default 0.5; 0.3 for iNaturalist by its authors. */
  maxMargin?: number;
}

/**
 * LDAM: the own class's logit is s (cos(theta) - m_y), where m_y is proportional to n_y^(-1/4) and the rarest class has `maxMargin`.
 *
 * In plain words: rare classes get a wide berth, frequent ones a narrow one. Its authors' deferred re-weighting is
 * `classBalanced(ldam({ counts }), { counts, from })`.
 *
 * Cao et al., "Learning Imbalanced Datasets with Label-Distribution-Aware Margin Loss" (2019), as its repository has it.
 *
 * @example
 * trainStep({ model, centres, margin: ldam({ counts: [57, 500] }), schedule });
 *
 * @throws OptionError where an option is outside its bounds
 */
export function ldam({ counts, s = 30, maxMargin = 0.5 }: LdamOptions): Margin {
  if (!(s > 0)) throw new OptionError('ldam', 's', 'above 0', s);
  if (!(maxMargin >= 0)) throw new OptionError('ldam', 'maxMargin', 'at least 0', maxMargin);
  return byClass('ldam', s, volumeMargins('ldam', counts, maxMargin, 'maxnorm'));
}
