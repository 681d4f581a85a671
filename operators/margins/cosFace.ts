import { onesLike, sub } from '@tensorflow/tfjs-core';
import { OptionError } from '../../pipeline/errors.ts';
import type { Margin } from './margin.ts';

export interface CosFaceOptions {
  /** Scale of the cosines, above 0. Default 64. */
  s?: number;
  /** Margin in cosine units, at least 0. Default 0.4. */
  m?: number;
}

/** As in the AdaFace repository's head. */
const CLAMP = 1e-4;

/**
 * CosFace: the own class's logit is s (cos(theta) - m).
 *
 * In plain words: an embedding must be closer to its own centre than to any other by a fixed cosine.
 *
 * Wang et al., "CosFace: Large Margin Cosine Loss for Deep Face Recognition" (2018), its LMCL loss; AdaFace
 * paper, Eq 3. The shift is a constant, so the exact gradient and the straight-through one are the same.
 *
 * @example
 * trainStep({ model, centres, margin: cosFace({ s: 32, m: 0.35 }), optimiser, schedule });
 *
 * @throws OptionError where s is not above 0 or m is negative
 */
export function cosFace({ s = 64, m = 0.4 }: CosFaceOptions = {}): Margin {
  if (!(s > 0)) throw new OptionError('cosFace', 's', 'above 0', s);
  if (!(m >= 0)) throw new OptionError('cosFace', 'm', 'at least 0', m);
  return {
    name: 'cosFace',
    needs: 'target',
    logits: 'cosine',
    scale: s,
    clamp: CLAMP,
    apply: ({ cosTarget }) => ({ target: sub(cosTarget, m), slope: onesLike(cosTarget) }),
  };
}
