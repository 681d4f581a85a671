import { add, div, exp, log, mul, sub, tidy, type Tensor1D } from '@tensorflow/tfjs-core';
import type { BentHead } from './bentHead.ts';

/** All [B]. */
export interface Reweighed {
  /** What each sample's gradient is multiplied by. */
  weight: Tensor1D;
  /** P of its class, residual included. */
  probability: Tensor1D;
  /** Its cross entropy, residual included. */
  loss: Tensor1D;
}

/**
 * What a residual on top of each sample's margin makes of its gradient, its probability and its loss, without the head again.
 *
 * In plain words: an additive margin changes how much a sample counts and nothing else. One that is sure of itself counts e^(k r)
 * times as much for a margin larger by r, one that is hopeless goes on counting what it did.
 *
 * With u = log((1 - P) / P) the factor is sigmoid(u + k r) / sigmoid(u) = e^(k r) / (P + (1 - P) e^(k r)): exact, for embedding and
 * centres alike, on any head whose residual is taken off the target logit.
 *
 * @param residual [B] in the margin's units
 * @param scale k, how far the target logit falls for one unit of it
 */
export function weightOfResidual(
  { losses, probability }: Pick<BentHead, 'losses' | 'probability'>,
  residual: Tensor1D,
  scale: number,
): Reweighed {
  return tidy(() => {
    const push: Tensor1D = exp(mul(residual, scale));
    const total: Tensor1D = add(probability, mul(sub(1, probability), push));
    const weight: Tensor1D = div(push, total);
    const included: Tensor1D = div(probability, total);
    const loss: Tensor1D = add(losses, log(total));
    return { weight, probability: included, loss };
  });
}
