import { add, greater, mul, onesLike, reshape, sub, tidy, where } from '@tensorflow/tfjs-core';
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { OptionError } from '../../pipeline/errors.ts';
import { cosOfWiderAngle } from './cosOfWiderAngle.ts';
import type { Margin } from './margin.ts';

export interface MvSoftmaxOptions {
  /** Scale of the cosines, above 0. Default 32. */
  s?: number;
  /** Margin: in cosine units for 'am', at least 0; in radians for 'arc', in [0, pi). Default 0.35. */
  m?: number;
  /** How much harder a misclassified vector's other classes count, at least 0; 0 bends none. Default 0.2. */
  t?: number;
  /** The margin on the own class: CosFace's (default) or ArcFace's. */
  form?: 'am' | 'arc';
}

const CLAMP = 1e-4;

/**
 * MV-Softmax: a margin on the own class, and the logits of the other classes that beat it are raised to s [(1 + t)
 * cos(theta_j) + t].
 *
 * In plain words: where another class is closer than the own one less its margin, that class is pushed away harder. The own
 * logit is s (cos(theta) - m) or s cos(theta + m) where its cosine is above 0; a sample still on the far side keeps its
 * cosine, so that the cosine never bends where theta + m passes pi.
 *
 * Wang et al., "Mis-classified Vector Guided Softmax Loss for Face Recognition" (2020), the adaptive re-weighting, as its
 * SV-X-Softmax repository has it. FaceX-Zoo's copy of the 'am' form takes the margin off only where the cosine is above m,
 * not above 0, and has t = 0.12. Cosines are clamped to +-(1 - 1e-4) (theirs to +-1, where the slope of 'arc' is infinite);
 * the gradient is exact, and which classes are hard counts as a constant.
 *
 * @example
 * trainStep({ model, centres, margin: mvSoftmax({ form: 'arc', m: 0.5, t: 0.2 }), optimiser, schedule });
 *
 * @throws OptionError where an option is outside its bounds
 */
export function mvSoftmax({ s = 32, m = 0.35, t = 0.2, form = 'am' }: MvSoftmaxOptions = {}): Margin {
  if (!(s > 0)) throw new OptionError('mvSoftmax', 's', 'above 0', s);
  if (form === 'am' && !(m >= 0)) throw new OptionError('mvSoftmax', 'm', 'at least 0', m);
  if (form === 'arc' && !(m >= 0 && m < Math.PI)) throw new OptionError('mvSoftmax', 'm', 'in [0, pi)', m);
  if (!(t >= 0)) throw new OptionError('mvSoftmax', 't', 'at least 0', t);
  const bend = (cosTarget: Tensor1D): { cosine: Tensor1D; slope: Tensor1D } =>
    form === 'arc' ? cosOfWiderAngle(cosTarget, m) : { cosine: sub(cosTarget, m), slope: onesLike(cosTarget) };

  return {
    name: 'mvSoftmax',
    needs: 'all',
    logits: 'cosine',
    scale: s,
    clamp: CLAMP,
    apply: ({ cosTarget, cos }) =>
      tidy(() => {
        const { cosine, slope } = bend(cosTarget);
        const near = greater(cosTarget, 0);
        const hard = greater(cos!, reshape(cosine, [-1, 1]));
        const slopes: Tensor2D = add(mul(hard, t), 1);
        const logits: Tensor2D = add(mul(cos!, slopes), mul(hard, t));
        return {
          target: where(near, cosine, cosTarget) as Tensor1D,
          slope: where(near, slope, onesLike(slope)) as Tensor1D,
          negatives: { logits, slopes },
        };
      }),
  };
}
