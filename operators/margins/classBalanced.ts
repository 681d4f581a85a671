import { gather, tensor1d, tidy, type Tensor1D } from '@tensorflow/tfjs-core';
import type { StateMap } from '../../pipeline/contracts.ts';
import { OptionError } from '../../pipeline/errors.ts';
import { checkCounts } from './classVolume.ts';
import type { Margin } from './margin.ts';
import { loadOne, saveOne } from './oneNumber.ts';

export interface ClassBalancedOptions {
  /** Images of each class of the training set, whole numbers of at least 1. */
  counts: ArrayLike<number>;
  /** In [0, 1): 0 weighs all alike, towards 1 by the inverse of the count. Default 0.9999. */
  beta?: number;
  /** The first update that is weighed; before it all count 1 (LDAM's deferred re-weighting). Default 0. */
  from?: number;
}

/** The state's name for how many batches a deferred weighting has seen. */
const SEEN = 'weighed.updates';

/**
 * Class-balanced weights over a margin: each sample's loss counts w_y = (1 - beta) / (1 - beta^n_y), scaled to a mean of 1 over the
 * classes.
 *
 * In plain words: a face of a person with few images counts more. The loss is the mean of weight times cross entropy over the
 * batch, whatever the weights in it add up to.
 *
 * Cui et al., "Class-Balanced Loss Based on Effective Number of Samples" (2019), its softmax form as a weighted cross entropy (the
 * code in circulation has a binary one under that name); deferred as in LDAM's repository.
 *
 * @example
 * trainStep({ model, centres, margin: classBalanced(cosFace({ s: 32 }), { counts: [57, 500] }), schedule });
 *
 * @param margin any margin that does not weigh samples itself; its state goes on being its own
 * @throws OptionError where an option is outside its bounds
 */
export function classBalanced(margin: Margin, { counts, beta = 0.9999, from = 0 }: ClassBalancedOptions): Margin {
  if (!(Number.isInteger(from) && from >= 0)) {
    throw new OptionError('classBalanced', 'from', 'a whole number of at least 0', from);
  }
  const weights = classWeights(counts, beta);
  let updates = 0;
  const inner = margin.state;
  return {
    ...margin,
    apply: (input) => {
      const bent = margin.apply(input);
      if (updates++ < from) return bent;
      const weight: Tensor1D = tidy(() => gather(tensor1d(weights), input.labels));
      return { ...bent, weight };
    },
    ...(from > 0 && {
      state: {
        save: () => ({ ...inner?.save(), [SEEN]: saveOne(updates, 'count') }),
        load: (state) => {
          updates = loadOne(state, SEEN);
          const { [SEEN]: _, ...rest }: StateMap = state;
          inner?.load(rest);
        },
        dispose: () => {
          updates = 0;
          inner?.dispose();
        },
      },
    }),
  };
}

/**
 * (1 - beta) / (1 - beta^n) for each class, scaled to a mean of 1.
 *
 * @throws OptionError where beta or a count is outside its bounds
 */
export function classWeights(counts: ArrayLike<number>, beta: number): Float32Array {
  if (!(beta >= 0 && beta < 1)) throw new OptionError('classBalanced', 'beta', 'in [0, 1)', beta);
  checkCounts('classBalanced', counts);
  const raw = Float64Array.from(counts, (n) => (1 - beta) / -Math.expm1(n * Math.log1p(beta - 1)));
  const mean = raw.reduce((sum, w) => sum + w, 0) / raw.length;
  return Float32Array.from(raw, (w) => w / mean);
}
