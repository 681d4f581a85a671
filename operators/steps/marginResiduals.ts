import {
  add,
  clipByValue,
  div,
  maximum,
  mean,
  minimum,
  mul,
  neg,
  scalar,
  sqrt,
  square,
  sub,
  sum,
} from '@tensorflow/tfjs-core';
import { tidy, type Scalar, type Tensor1D } from '@tensorflow/tfjs-core';
import { OptionError } from '../../pipeline/errors.ts';
import { weightOfResidual } from '../margins/weightOfResidual.ts';
import type { MetaRule } from './metaRule.ts';

export interface MarginResidualOptions {
  /** 'rms' (default): free of batch size, learning rate and scale. 'raw': the paper's Eq 11 to the letter, with `tau`. */
  step?: 'rms' | 'raw';
  /** 'rms' only: root mean square of the residuals before they are clamped, above 0. Default 0.03. */
  size?: number;
  /** 'raw' only: tau of Eq 11, above 0; required there, for it depends on batch size and learning rate. */
  tau?: number;
  /** Largest residual either way, above 0; Infinity for none. Default 0.1. */
  residualMax?: number;
  /** Bounds of the margin with its residual. Default 0 and 0.8. A margin that lies outside by itself is not pushed further out. */
  marginMin?: number;
  marginMax?: number;
}

/**
 * MvCoM's rule: each sample's margin gets a residual against the slope of the meta loss, forgotten after the iteration.
 *
 * In plain words: a face that teaches the network what the meta batch lacks has to be recognised by more, and so counts more; one
 * that teaches the contrary, by less. Both signs occur, about as often.
 *
 * r = -rho g / rms(g), or -tau g; clamped to +-residualMax, then so that the margin stays in [marginMin, marginMax]. g = dLmeta / dm, all
 * variations together: clamps act on the sum. "Learning to Learn across Diverse Data Biases in Deep Face Recognition", Eq 5 and 11.
 *
 * @throws OptionError where an option is outside its bounds
 */
export function marginResiduals(options: MarginResidualOptions = {}): MetaRule {
  const { step = 'rms', size = 0.03, tau, residualMax = 0.1, marginMin = 0, marginMax = 0.8 } = options;
  const demand = (holds: boolean, option: string, expected: string, received: unknown): void => {
    if (!holds) throw new OptionError('marginResiduals', option, expected, received);
  };
  demand(step === 'rms' || step === 'raw', 'step', "'rms' or 'raw'", step);
  demand(size > 0, 'size', 'above 0', size);
  demand(step === 'rms' ? tau === undefined : tau !== undefined && tau > 0, 'tau', "above 0 for 'raw', absent for 'rms'", tau); // prettier-ignore
  demand(residualMax > 0, 'residualMax', 'above 0', residualMax);
  demand(marginMax >= marginMin, 'marginMax', `at least marginMin = ${marginMin}`, marginMax);

  return {
    name: 'mvcom',
    apply({ dWeight, bent, margin }) {
      const scale = margin.marginScale ?? margin.scale;
      const byMargin = (slope: Tensor1D): Tensor1D => {
        const counted: Tensor1D = bent.weight ? mul(slope, bent.weight) : slope;
        return tidy(() => mul(mul(counted, bent.probability), scale));
      };
      const slope = byMargin(dWeight);
      const factor = neg(step === 'raw' ? scalar(tau!) : tidy(() => div(size, maximum(rms(slope), TINY)))) as Scalar;
      const units = margin.scale / scale;
      const residual: Tensor1D = tidy(() => {
        const free = clipByValue(mul(slope, factor), -residualMax, residualMax);
        const before: Tensor1D = mul(bent.margin, units);
        const down = sub(minimum(before, marginMin), before);
        const up = sub(maximum(before, marginMax), before);
        return minimum(maximum(free, down), up) as Tensor1D;
      });
      const { weight, loss, probability } = weightOfResidual(bent, residual, scale);
      return {
        weight: bent.weight ? mul(weight, bent.weight) : weight,
        loss: bent.weight ? mul(loss, bent.weight) : loss,
        residual,
        margin: tidy(() => add(bent.margin, mul(residual, 1 / units))),
        probability,
        predicted: tidy(() => sum(mul(slope, residual)) as Scalar),
        partOf: (part) => tidy(() => mul(byMargin(part), factor)),
      };
    },
  };
}

/** Slopes that are all zero give no residuals. */
const TINY = 1e-30;

function rms(x: Tensor1D): Scalar {
  return sqrt(mean(square(x)));
}
