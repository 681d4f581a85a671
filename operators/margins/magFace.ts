import {
  add,
  clipByValue,
  cos,
  equal,
  greater,
  mean,
  mul,
  neg,
  onesLike,
  reciprocal,
  sin,
  square,
} from '@tensorflow/tfjs-core';
import { sub, tidy, where, zerosLike, type Scalar, type Tensor1D } from '@tensorflow/tfjs-core';
import { OptionError } from '../../pipeline/errors.ts';
import { cosOfWiderAngle } from './cosOfWiderAngle.ts';
import type { Margin } from './margin.ts';

export interface MagFaceOptions {
  /** Scale of the cosines, above 0. Default 64. */
  s?: number;
  /** Lengths of embeddings l_a and u_a between which the margin grows, 0 < l_a < u_a. Default [10, 110]. */
  norms?: readonly [number, number];
  /** Margins l_m and u_m at these lengths, 0 <= l_m <= u_m < pi; radians, for 'cos' cosine units. Default [0.45, 0.8]. */
  margins?: readonly [number, number];
  /** Weight lambda_g of the regulariser, at least 0. Default 35. */
  lambda?: number;
  /** The margin's form: ArcFace's (default) or CosFace's; the paper's Mag-CosFace has margins [0.35, 0.8] and lambda 150. */
  form?: 'arc' | 'cos';
  /**
   * 'arc' only. true (default): no margin where cos(theta) is at most 0. false: where theta + m would pass pi, the margin is
   * m sin(m) off the cosine.
   */
  easyMargin?: boolean;
}

const CLAMP = 1e-4;

/**
 * MagFace: the own class's logit is s cos(theta + m(a)), where the margin grows with the embedding's length a, and lambda
 * g(a), g(a) = a / u_a^2 + 1 / a, is added to the loss.
 *
 * In plain words: the length of an embedding learns to say how good its image is. A long embedding has to be closer to its
 * centre; the regulariser pays for length, so that faces which can be close to their centre become long and others stay
 * short.
 *
 * Meng et al., "MagFace: A Universal Representation for Face Recognition and Quality Assessment" (2021), as its repository has
 * it: a is clipped to [l_a, u_a] in margin and regulariser, m(a) = l_m + (u_m - l_m) (a - l_a) / (u_a - l_a), and unlike
 * AdaFace's margin the gradient goes through the length, except where the clip holds it. An optimal length exists from lambda
 * = s k u_a^2 l_a^2 / (u_a^2 - l_a^2) on, k = (u_m - l_m) / (u_a - l_a): 22.6 for the defaults. For a network with lengths
 * near 1 its authors advise norms [1, 51], margins [0.45, 1], lambda 5. Cosines are clamped to +-(1 - 1e-4) (theirs to +-1,
 * where the slope is infinite).
 *
 * @example
 * trainStep({ model, centres, margin: magFace({ lambda: 35 }), optimiser, schedule });
 *
 * @throws OptionError where an option is outside its bounds
 */
export function magFace(options: MagFaceOptions = {}): Margin {
  const { s = 64, norms: bounds = [10, 110], margins = [0.45, 0.8], lambda = 35 } = options;
  const { form = 'arc', easyMargin = true } = options;
  const [la, ua] = bounds;
  const [lm, um] = margins;
  if (!(s > 0)) throw new OptionError('magFace', 's', 'above 0', s);
  if (!(la > 0 && ua > la)) throw new OptionError('magFace', 'norms', 'two numbers, 0 < l_a < u_a', bounds);
  if (!(lm >= 0 && um >= lm && um < Math.PI)) {
    throw new OptionError('magFace', 'margins', 'two numbers, 0 <= l_m <= u_m < pi', margins);
  }
  if (!(lambda >= 0)) throw new OptionError('magFace', 'lambda', 'at least 0', lambda);
  const growth = (um - lm) / (ua - la);
  const bend = form === 'cos' ? byCosine : easyMargin ? byAngleWhereNear : byAngle;

  return {
    name: 'magFace',
    needs: 'target',
    logits: 'cosine',
    scale: s,
    clamp: CLAMP,
    apply: ({ cosTarget, norms }) =>
      tidy(() => {
        const a: Tensor1D = clipByValue(norms, la, ua);
        const free = equal(a, norms);
        const { target, slope, dMargin } = bend(cosTarget, add(mul(sub(a, la), growth), lm));
        const inverse: Tensor1D = reciprocal(a);
        const g: Scalar = mean(add(mul(a, 1 / ua ** 2), inverse));
        const dg: Tensor1D = mul(sub(1 / ua ** 2, square(inverse)), free);
        const dNorm: Tensor1D = mul(mul(dMargin, growth), free);
        const value: Scalar = mul(g, lambda);
        return { target, slope, dNorm, extraLoss: { value, dNorm: mul(dg, lambda / norms.shape[0]) as Tensor1D } };
      }),
  };
}

/** All [B]: the bent cosine and its gradients by the cosine and by the margin. */
type Bent = Record<'target' | 'slope' | 'dMargin', Tensor1D>;

function byCosine(cosTarget: Tensor1D, m: Tensor1D): Bent {
  return { target: sub(cosTarget, m), slope: onesLike(cosTarget), dMargin: neg(onesLike(m)) };
}

function byAngleWhereNear(cosTarget: Tensor1D, m: Tensor1D): Bent {
  const { cosine, sine, slope } = cosOfWiderAngle(cosTarget, m);
  const near = greater(cosTarget, 0);
  return {
    target: where(near, cosine, cosTarget),
    slope: where(near, slope, onesLike(slope)),
    dMargin: where(near, neg(sine), zerosLike(sine)),
  };
}

function byAngle(cosTarget: Tensor1D, m: Tensor1D): Bent {
  const { cosine, sine, slope } = cosOfWiderAngle(cosTarget, m);
  const [cosM, sinM]: Tensor1D[] = [cos(m), sin(m)];
  const within = greater(cosTarget, neg(cosM)); // cos(pi - m)
  return {
    target: where(within, cosine, sub(cosTarget, mul(m, sinM))),
    slope: where(within, slope, onesLike(slope)),
    dMargin: neg(where(within, sine, add(sinM, mul(m, cosM)))),
  };
}
