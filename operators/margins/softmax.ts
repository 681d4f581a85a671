import { clone, onesLike } from '@tensorflow/tfjs-core';
import type { Margin } from './margin.ts';

/**
 * Plain softmax over inner products, without bias: logit_j = W_j . z (AdaFace paper, Eq 7 with b = 0).
 *
 * In plain words: no margin and no normalisation, the baseline everything else is measured against.
 *
 * @example
 * trainStep({ model, centres, margin: softmax(), optimiser, schedule });
 */
export function softmax(): Margin {
  return {
    name: 'softmax',
    needs: 'target',
    logits: 'product',
    scale: 1,
    clamp: 0,
    apply: ({ cosTarget }) => ({ target: clone(cosTarget), slope: onesLike(cosTarget) }),
  };
}
