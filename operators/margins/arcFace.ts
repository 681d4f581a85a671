import { acos, clipByValue, add, cos, onesLike, tidy, type Tensor1D } from '@tensorflow/tfjs-core';
import { OptionError } from '../../pipeline/errors.ts';
import { cosOfClippedAngle } from './cosOfClippedAngle.ts';
import type { GradientMode, Margin } from './margin.ts';

export interface ArcFaceOptions {
  /** Scale of the cosines, above 0. Default 64. */
  s?: number;
  /** Margin in radians, in [0, pi). Default 0.5. */
  m?: number;
  /**
   * 'exact' (default): as the AdaFace repository, cosines clamped to +-(1 - 1e-4), theta + m clipped to [1e-4, pi - 1e-4],
   * differentiated through. 'straightThrough': as insightface and CVLface released it, no clamp below 1, no clip, slope 1.
   */
  gradient?: GradientMode;
}

const CLAMP = 1e-4;

/**
 * ArcFace: the own class's logit is s cos(theta + m).
 *
 * In plain words: an embedding must be closer to its own centre than to any other by a fixed angle.
 *
 * Deng et al., "ArcFace: Additive Angular Margin Loss for Deep Face Recognition" (2019), Eq 3; AdaFace paper, Eq 4 and 15:
 * slope = sin(theta + m) / sin(theta).
 *
 * @example
 * trainStep({ model, centres, margin: arcFace({ m: 0.5 }), optimiser, schedule });
 *
 * @throws OptionError where s is not above 0 or m is outside [0, pi)
 */
export function arcFace({ s = 64, m = 0.5, gradient = 'exact' }: ArcFaceOptions = {}): Margin {
  if (!(s > 0)) throw new OptionError('arcFace', 's', 'above 0', s);
  if (!(m >= 0 && m < Math.PI)) throw new OptionError('arcFace', 'm', 'in [0, pi)', m);
  const exact = gradient === 'exact';
  return {
    name: 'arcFace',
    needs: 'target',
    logits: 'cosine',
    scale: s,
    clamp: exact ? CLAMP : 0,
    apply: ({ cosTarget }) =>
      tidy(() => {
        // A cosine that rounding puts above 1 has no angle.
        const theta: Tensor1D = acos(clipByValue(cosTarget, -1, 1));
        const bent: Tensor1D = add(theta, m);
        if (exact) return cosOfClippedAngle(theta, bent, CLAMP);
        return { target: cos(bent), slope: onesLike(cosTarget) };
      }),
  };
}
