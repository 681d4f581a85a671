import { clone, div, equal, mul, neg, relu, sum, tidy, add, type Scalar, type Tensor1D } from '@tensorflow/tfjs-core';
import type { MetaRule } from './metaRule.ts';

/**
 * Learning to Reweight: only samples whose gradient helps the meta batch count, in proportion, and their weights add up to 1.
 *
 * In plain words: what each sample would do for the meta batch decides all of what it counts; the rest of the batch is left out.
 * Where no sample helps, nothing is learned from the batch. A baseline.
 *
 * Ren et al., "Learning to Reweight Examples for Robust Deep Learning" (2018): weights are 0 before, so that its pseudo step moves
 * nothing and the slope is taken where the network stands; w = max(-slope, 0), divided by its sum where that is not 0. A margin's own
 * weights do not count.
 */
export function learningToReweight(): MetaRule {
  return {
    name: 'reweight',
    fromNothing: true,
    apply({ dWeight, bent }) {
      const weight: Tensor1D = tidy(() => {
        const helpful: Tensor1D = relu(neg(dWeight));
        const total = sum(helpful);
        // Of the mean over the batch, so that they add up to 1 in the sum.
        return mul(div(helpful, add(total, equal(total, 0))), dWeight.shape[0]);
      });
      return {
        weight,
        loss: mul(weight, bent.losses),
        residual: clone(weight),
        margin: clone(bent.margin),
        probability: clone(bent.probability),
        predicted: tidy(() => sum(mul(dWeight, weight)) as Scalar),
      };
    },
  };
}
