import { acos, add, clipByValue, cos, div, mul, onesLike, sub, tidy, type Tensor1D } from '@tensorflow/tfjs-core';
import { OptionError } from '../../pipeline/errors.ts';
import { cosOfClippedAngle } from './cosOfClippedAngle.ts';
import type { GradientMode, Margin, MarginInput, Quality } from './margin.ts';
import { NORM_MAX, NORM_MIN, NORM_START, STD_EPSILON } from './normStats.ts';
import { runningStatistics } from './runningStatistics.ts';

export interface AdaFaceOptions {
  /** Scale of the cosines, above 0. Default 64. */
  s?: number;
  /** Largest angular margin (radians) and the middle of the additive one (cosine units), at least 0. Default 0.4. */
  m?: number;
  /** Concentration: how much of the range [-1, 1] one standard deviation of quality takes. Default 0.333. */
  h?: number;
  /** Share of history in the running statistics, in [0, 1]. Default 0.99; the paper's literal Eq 17 is 0.01; 0 is the batch's own. */
  emaMomentum?: number;
  /** Default 'norm'. Statistics of the norm start at 20 and 100, those of another quality from their first batch. */
  quality?: Quality;
  /**
   * 'exact' (default): as the AdaFace repository, cosines clamped to +-(1 - 1e-3), the bent angle clipped to [1e-3, pi - 1e-3],
   * differentiated through. 'straightThrough': as CVLface released it, no clamp below 1, no clip, slope 1.
   */
  gradient?: GradientMode;
}

const CLAMP = 1e-3;

/**
 * AdaFace: the own class's logit is s [cos(theta - m q) - (m + m q)], q the image's quality in [-1, 1].
 *
 * In plain words: on good images hard samples count most, on bad ones they are held back, since a face that cannot be
 * recognised teaches nothing. Quality is the embedding's length against what is usual lately; no gradient goes through it.
 *
 * Kim, Jain, Liu, "AdaFace: Quality Adaptive Margin for Face Recognition" (2022), Eq 16 to 19. Order of operations, clamps and
 * statistics as in the paper's repository: statistics take the batch in before they are used, q is scaled by h before it is clipped.
 *
 * @example
 * trainStep({ model, centres, margin: adaFace({ m: 0.4, h: 0.333 }), optimiser, schedule });
 *
 * @throws OptionError where an option is outside its bounds
 */
export function adaFace(options: AdaFaceOptions = {}): Margin {
  const { s = 64, m = 0.4, h = 0.333, emaMomentum = 0.99, quality = 'norm', gradient = 'exact' } = options;
  if (!(s > 0)) throw new OptionError('adaFace', 's', 'above 0', s);
  if (!(m >= 0)) throw new OptionError('adaFace', 'm', 'at least 0', m);
  if (!(h >= 0)) throw new OptionError('adaFace', 'h', 'at least 0', h);
  if (!(emaMomentum >= 0 && emaMomentum <= 1)) {
    throw new OptionError('adaFace', 'emaMomentum', 'in [0, 1]', emaMomentum);
  }
  const exact = gradient === 'exact';
  const statistics = runningStatistics(emaMomentum, quality === 'norm' ? NORM_START : undefined);

  return {
    name: 'adaFace',
    needs: 'target',
    logits: 'cosine',
    scale: s,
    clamp: exact ? CLAMP : 0,
    quality,
    apply: (input) =>
      tidy(() => {
        const values = indicator(input, quality);
        const { mean, std } = statistics.update(values);
        const q = clipByValue(mul(div(sub(values, mean), add(std, STD_EPSILON)), h), -1, 1);
        // A cosine that rounding puts above 1 has no angle.
        const theta: Tensor1D = acos(clipByValue(input.cosTarget, -1, 1));
        const bent: Tensor1D = sub(theta, mul(q, m));
        const angular = exact
          ? cosOfClippedAngle(theta, bent, CLAMP)
          : { target: cos(bent), slope: onesLike(input.cosTarget) };
        const target: Tensor1D = sub(angular.target, add(mul(q, m), m));
        return { target, slope: angular.slope };
      }),
    state: statistics,
  };
}

/** [B] what the quality is read from, before normalisation. */
function indicator({ norms, probability, quality: column }: MarginInput, quality: Quality): Tensor1D {
  if (quality === 'norm') return clipByValue(norms, NORM_MIN, NORM_MAX);
  const values = quality === 'probability' ? probability : column;
  if (!values) throw new OptionError('adaFace', 'quality', 'something the batch carries', quality);
  return values;
}
