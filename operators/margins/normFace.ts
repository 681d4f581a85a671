import { clone, onesLike } from '@tensorflow/tfjs-core';
import { OptionError } from '../../pipeline/errors.ts';
import type { Margin } from './margin.ts';

export interface NormFaceOptions {
  /** Scale of the cosines, above 0. Default 64. */
  s?: number;
}

/**
 * NormFace: softmax over scaled cosines, logit_j = s cos(theta_j), no margin.
 *
 * In plain words: only the direction of an embedding counts, every class is a point on the sphere.
 *
 * Wang, Xiang, Cheng, Yuille, "NormFace: L2 Hypersphere Embedding for Face Verification" (2017); AdaFace paper, Eq 8.
 *
 * @example
 * trainStep({ model, centres, margin: normFace({ s: 32 }), optimiser, schedule });
 *
 * @throws OptionError where s is not above 0
 */
export function normFace({ s = 64 }: NormFaceOptions = {}): Margin {
  if (!(s > 0)) throw new OptionError('normFace', 's', 'above 0', s);
  return {
    name: 'normFace',
    needs: 'target',
    logits: 'cosine',
    scale: s,
    clamp: 0,
    apply: ({ cosTarget }) => ({ target: clone(cosTarget), slope: onesLike(cosTarget) }),
  };
}
