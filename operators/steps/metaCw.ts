import {
  add,
  clone,
  div,
  maximum,
  mean,
  mul,
  neg,
  onesLike,
  scalar,
  sqrt,
  square,
  sum,
  tidy,
} from '@tensorflow/tfjs-core';
import type { Scalar, Tensor1D } from '@tensorflow/tfjs-core';
import { OptionError } from '../../pipeline/errors.ts';
import type { MetaRule } from './metaRule.ts';

export interface MetaCwOptions {
  /** 'raw' (default): its authors' rule, with `tau`. 'rms': free of batch size and learning rate, with `size`. */
  step?: 'raw' | 'rms';
  /** 'raw' only: step of the weights against the slope of a pseudo step by the SUM of the batch, above 0. Default 0.01. */
  tau?: number;
  /** 'rms' only: root mean square of what is added to the weights, above 0. Default 0.3. */
  size?: number;
}

/**
 * Meta class weights: each sample counts the weight its class has, plus what the meta batch says it should, forgotten after the
 * iteration. The class's weight is the margin's: `classBalanced(cosFace(), { counts })`.
 *
 * In plain words: as MvCoM, with weights in the place of margins. A baseline.
 *
 * Jamal et al., "Rethinking Class-Balanced Methods for Long-Tailed Visual Recognition from a Domain Adaptation Perspective" (2020)
 * and its repository: eps = -0.01 dLmeta / deps at 0, no clamp, the real loss is the mean of (w + eps) x cross entropy. There the meta
 * batch is one of class-balanced people; here it is the variations' as for MvCoM.
 *
 * @throws OptionError where an option is outside its bounds
 */
export function metaCw({ step = 'raw', tau = 0.01, size = 0.3 }: MetaCwOptions = {}): MetaRule {
  if (step !== 'raw' && step !== 'rms') throw new OptionError('metaCw', 'step', "'raw' or 'rms'", step);
  if (!(tau > 0)) throw new OptionError('metaCw', 'tau', 'above 0', tau);
  if (!(size > 0)) throw new OptionError('metaCw', 'size', 'above 0', size);
  return {
    name: 'metacw',
    apply({ dWeight, bent }) {
      const factor = tidy(
        () =>
          neg(
            step === 'raw' ? scalar(tau * dWeight.shape[0]) : div(size, maximum(sqrt(mean(square(dWeight))), 1e-30)),
          ) as Scalar,
      );
      const residual: Tensor1D = mul(dWeight, factor);
      const weight: Tensor1D = tidy(() => add(bent.weight ?? onesLike(dWeight), residual));
      return {
        weight,
        loss: mul(weight, bent.losses),
        residual,
        margin: clone(bent.margin),
        probability: clone(bent.probability),
        predicted: tidy(() => sum(mul(dWeight, residual)) as Scalar),
        partOf: (part) => mul(part, factor),
      };
    },
  };
}
