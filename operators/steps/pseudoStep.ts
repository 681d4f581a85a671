import { mul, scalar, sub, tidy, type Scalar, type Tensor } from '@tensorflow/tfjs-core';
import type { Grads, Params } from '../net/layer.ts';
import { trainable, type Trained } from './trainingState.ts';

/**
 * How the network that is asked about the meta batch has moved: 'sgd' by the gradient alone (paper, Eq 10), 'optimizer' as the
 * training's own optimiser would move it, with momentum, decay and bound, 'none' not at all.
 */
export type PseudoStep = 'sgd' | 'optimizer' | 'none';

export interface Pseudo {
  /** The backbone's parameters after the step; those of the model where nothing moved. */
  params: Params;
  /** By how much they give way to a gradient: d step / d gradient. */
  gain: Scalar;
}

/**
 * The pseudo step: where the network would be after this batch with its margins as they are. Nothing is changed or consumed.
 *
 * Momentum and weight decay move the point and not the gain. A bound on the gradient's length counts as a constant.
 *
 * @param grads of the backbone, absent for 'none'; for 'optimizer' with a bound those of the centres too
 */
export function pseudoStep(kind: PseudoStep, trained: Trained, grads: Grads, learningRate: number): Pseudo {
  const { model, optimiser } = trained;
  if (kind === 'none') return { params: model.params, gain: scalar(learningRate) };
  if (kind === 'sgd') {
    const next = Object.entries(grads).map(([name, gradient]): [string, Tensor] => [
      name,
      tidy(() => sub(model.params[name]!, mul(gradient, learningRate))),
    ]);
    return { params: { ...model.params, ...Object.fromEntries(next) }, gain: scalar(learningRate) };
  }
  const groups = [{ params: model.params, specs: trainable(model) }];
  const { params, clip } = optimiser.preview(groups, grads, learningRate);
  return {
    params: { ...model.params, ...params },
    gain: clip ? tidy(() => mul(clip, learningRate) as Scalar) : scalar(learningRate),
  };
}
