import {
  div,
  mul,
  neg,
  sub,
  sum,
  tidy,
  type Scalar,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
} from '@tensorflow/tfjs-core';
import { relativeStep, shifted } from '../net/difference.ts';
import type { Mode, Params, Scope } from '../net/layer.ts';
import type { Model } from '../net/model.ts';
import { createScope } from '../net/scope.ts';

/**
 * How the embeddings' derivative along a direction of the weights is got: 'jvp' exactly, from the activations kept by the forward,
 * for two forwards' time; 'fdForward' by a one-sided difference, for one; 'fdCentral' by a central one, for two; 'none' not at all,
 * and nothing is learned.
 */
export type Hypergrad = 'jvp' | 'fdCentral' | 'fdForward' | 'none';

/** Share of the weights that a difference moves by. Kinks of the network spoil more, rounding in float32 less. */
export const DIFFERENCE_SHARE = { fdForward: 1e-4, fdCentral: 3e-5 } as const;

/** A batch's forward, whose activations are still there. */
export interface Forwarded {
  model: Model;
  mode: Mode;
  scope: Scope;
  /** [B, D]. */
  embedding: Tensor2D;
  /** [B, H, W, 3] what went in, for differences; the caller's. */
  x?: Tensor;
}

/**
 * [B, D] derivative of a batch's embeddings as the weights go along a direction, at the weights they were made with.
 *
 * In plain words: which way would each face's embedding go, were the network to take the step that the meta batch asks for?
 * Shifted forwards drop out what the first one did, take statistics of their own batch and leave the running ones alone.
 *
 * @param along direction by parameter name, v
 */
export function tangent(kind: Exclude<Hypergrad, 'none'>, at: Forwarded, along: Params): Tensor2D {
  const { model, scope, embedding } = at;
  if (kind === 'jvp') return model.backbone.jvp(model.params, null, along, scope) as Tensor2D;
  return tidy(() => {
    const h = relativeStep(model.params, along, model.backbone.params, DIFFERENCE_SHARE[kind]);
    const ahead = moved(at, along, h);
    if (kind === 'fdForward') return div(sub(ahead, embedding), h) as Tensor2D;
    return div(sub(ahead, moved(at, along, neg(h) as Scalar)), mul(h, 2)) as Tensor2D;
  });
}

/** The embeddings with the weights moved by h. */
function moved({ model, mode, x }: Forwarded, along: Params, h: Scalar): Tensor2D {
  const still = { ...mode, updateStats: false };
  return model.forward(x!.clone(), still, createScope({ keeps: false }), shifted(model.params, along, h));
}

/**
 * [B] slope of the meta loss by what each sample's loss counts in the batch's mean: dLmeta / dw_j = -(gain / B) <edot_j, dL_j / de_j>.
 *
 * In plain words: a sample whose gradient points where the meta batch wants the network to go should count more. That is all of
 * the second order there is: what a sample counts enters the pseudo step as a factor.
 *
 * By a margin taken off the target logit k m_j the slope is k P_j times that, times what the sample counted already: exact, since
 * P_j (1 - P_j) is the slope of 1 - P_j, and 1 - P_j is in dL_j / de_j.
 *
 * @param edot [B, D] {@link tangent} along the gradient of the meta loss by the pseudo-updated weights
 * @param own [B, D] gradient of each sample's own loss by its embedding
 * @param gain d step / d gradient of the pseudo step
 */
export function slopeByWeight(edot: Tensor2D, own: Tensor2D, gain: Scalar): Tensor1D {
  return tidy(() => mul(sum(mul(edot, own), 1), mul(gain, -1 / own.shape[0])));
}
