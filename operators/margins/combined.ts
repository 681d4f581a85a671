import { acos, add, mul, sub, tidy, type Tensor1D } from '@tensorflow/tfjs-core';
import { OptionError } from '../../pipeline/errors.ts';
import { cosOfClippedAngle } from './cosOfClippedAngle.ts';
import type { Margin } from './margin.ts';

export interface CombinedOptions {
  /** Scale of the cosines, above 0. Default 64. */
  s?: number;
  /** What the angle is multiplied by (SphereFace's margin), above 0. Default 1. */
  m1?: number;
  /** Radians added to it (ArcFace's), in [0, pi). Default 0.3. */
  m2?: number;
  /** Cosine units taken off (CosFace's), at least 0. Default 0.2. */
  m3?: number;
}

const CLAMP = 1e-4;

/**
 * The combined margin: the own class's logit is s [cos(m1 theta + m2) - m3].
 *
 * In plain words: SphereFace's, ArcFace's and CosFace's margins at once. With (1, m, 0) it is ArcFace, with (1, 0, m) CosFace.
 *
 * Deng et al., "ArcFace: Additive Angular Margin Loss for Deep Face Recognition" (2019), Eq 4; insightface's MXNet code, the only
 * one that honours all three: its PyTorch code, which CVLface copied, merely selects ArcFace or CosFace by them. The paper's own
 * settings are (1, 0.3, 0.2) and (0.9, 0.4, 0.15).
 *
 * The cosine falls only up to an angle of pi. Beyond it MXNet's logit rises again and rewards the worst samples; here the bent
 * angle is clipped to [1e-4, pi - 1e-4], as the AdaFace repository clips ArcFace's, so that such a sample's own logit stays at
 * -s (1 + m3) and only the other classes move it. With a large m1 that is soon reached: an untrained theta of pi/2 is clipped from
 * m1 = 2 on, where SphereFace's falling continuation learns. Cosines are clamped to +-(1 - 1e-4); the gradient is exact.
 *
 * @example
 * trainStep({ model, centres, margin: combined({ m1: 1, m2: 0.3, m3: 0.2 }), optimiser, schedule });
 *
 * @throws OptionError where an option is outside its bounds
 */
export function combined({ s = 64, m1 = 1, m2 = 0.3, m3 = 0.2 }: CombinedOptions = {}): Margin {
  if (!(s > 0)) throw new OptionError('combined', 's', 'above 0', s);
  if (!(m1 > 0)) throw new OptionError('combined', 'm1', 'above 0', m1);
  if (!(m2 >= 0 && m2 < Math.PI)) throw new OptionError('combined', 'm2', 'in [0, pi)', m2);
  if (!(m3 >= 0)) throw new OptionError('combined', 'm3', 'at least 0', m3);
  return {
    name: 'combined',
    needs: 'target',
    logits: 'cosine',
    scale: s,
    clamp: CLAMP,
    apply: ({ cosTarget }) =>
      tidy(() => {
        const theta: Tensor1D = acos(cosTarget);
        const bent = cosOfClippedAngle(theta, add(mul(theta, m1), m2), CLAMP);
        return { target: sub(bent.target, m3) as Tensor1D, slope: mul(bent.slope, m1) as Tensor1D };
      }),
  };
}
