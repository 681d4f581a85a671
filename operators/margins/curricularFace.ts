import { add, greater, keep, mean, mul, onesLike, reshape, scalar, sub, tidy, where } from '@tensorflow/tfjs-core';
import type { Scalar, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { OptionError } from '../../pipeline/errors.ts';
import { cosOfWiderAngle } from './cosOfWiderAngle.ts';
import type { Margin } from './margin.ts';
import { loadOne, saveOne } from './oneNumber.ts';

export interface CurricularFaceOptions {
  /** Scale of the cosines, above 0. Default 64. */
  s?: number;
  /** Margin in radians, in [0, pi). Default 0.5. */
  m?: number;
  /** Share of history in t, in [0, 1]. Default 0.99; TFace's copy has 0.9. */
  emaMomentum?: number;
}

const CLAMP = 1e-4;

/**
 * CurricularFace: the own class's logit is s cos(theta + m), and the logits of the other classes above it become s
 * cos(theta_j) (t + cos(theta_j)).
 *
 * In plain words: hard classes count less while training begins and more as it goes on. t is how close embeddings are to
 * their own centres lately: it starts at 0, takes a batch in before it is used, and is kept in the checkpoint.
 *
 * Huang et al., "CurricularFace: Adaptive Curriculum Learning Loss for Deep Face Recognition" (2020); AdaFace paper, Eq 5 and
 * 6. As its repository has it: where theta + m would pass pi the own logit is s (cos(theta) - m sin(m)) instead; hard is what
 * beats cos(theta + m) without that switch; t counts as a constant, and the gradient goes through both factors of a hard
 * class. Cosines are clamped to +-(1 - 1e-4) (theirs to +-1, where the slope is infinite).
 *
 * @example
 * trainStep({ model, centres, margin: curricularFace({ m: 0.5 }), optimiser, schedule });
 *
 * @throws OptionError where an option is outside its bounds
 */
export function curricularFace({ s = 64, m = 0.5, emaMomentum = 0.99 }: CurricularFaceOptions = {}): Margin {
  if (!(s > 0)) throw new OptionError('curricularFace', 's', 'above 0', s);
  if (!(m >= 0 && m < Math.PI)) throw new OptionError('curricularFace', 'm', 'in [0, pi)', m);
  if (!(emaMomentum >= 0 && emaMomentum <= 1)) {
    throw new OptionError('curricularFace', 'emaMomentum', 'in [0, 1]', emaMomentum);
  }
  /** Absent while it is 0, before the first batch. */
  let t: Scalar | undefined;
  const set = (next: Scalar | undefined): void => {
    t?.dispose();
    t = next && keep(next);
  };

  return {
    name: 'curricularFace',
    needs: 'all',
    logits: 'cosine',
    scale: s,
    clamp: CLAMP,
    apply: ({ cosTarget, cos }) =>
      tidy(() => {
        const now: Scalar = mul(mean(cosTarget), 1 - emaMomentum);
        set(t ? add(now, mul(t, emaMomentum)) : now);

        const { cosine, slope } = cosOfWiderAngle(cosTarget, m);
        const within = greater(cosTarget, Math.cos(Math.PI - m));
        const hard = greater(cos!, reshape(cosine, [-1, 1]));
        const factor: Tensor2D = add(cos!, t!);
        return {
          target: where(within, cosine, sub(cosTarget, m * Math.sin(m))) as Tensor1D,
          slope: where(within, slope, onesLike(slope)) as Tensor1D,
          negatives: {
            logits: where(hard, mul(cos!, factor), cos!) as Tensor2D,
            slopes: where(hard, add(factor, cos!), onesLike(factor)) as Tensor2D,
          },
        };
      }),
    state: {
      save: () => ({ t: saveOne(t?.dataSync()[0] ?? 0) }),
      load: (state) => set(scalar(loadOne(state, 't'))),
      dispose: () => set(undefined),
    },
  };
}
