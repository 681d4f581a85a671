import { exp, gatherND, log, max, reshape, sub, sum, tidy, div, oneHot } from '@tensorflow/tfjs-core';
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { FLOAT32, isNative, run } from './native.ts';
import { ownEntries } from './replaceOwn.ts';

export interface CrossEntropy {
  /** [B] -log softmax at the label. */
  loss: Tensor1D;
  /** [B, C] softmax - one-hot: the gradient of each row's own loss by its logits. */
  dLogits: Tensor2D;
}

/**
 * Softmax cross entropy and its gradient, natively in one op.
 *
 * @param logits [B, C]
 * @param labels [B] int32 in [0, C)
 */
export function softmaxCrossEntropy(logits: Tensor2D, labels: Tensor1D): CrossEntropy {
  if (!isNative()) return softmaxCrossEntropyPortable(logits, labels);
  const attributes = [FLOAT32, ['Tlabels', 'TYPE', 3]] as const;
  const [loss, dLogits] = run('SparseSoftmaxCrossEntropyWithLogits', attributes, [logits, labels], 2);
  return { loss: loss as Tensor1D, dLogits: dLogits as Tensor2D };
}

export function softmaxCrossEntropyPortable(logits: Tensor2D, labels: Tensor1D): CrossEntropy {
  return tidy(() => {
    const shifted = sub(logits, max(logits, 1, true));
    const powers = exp(shifted);
    const total = sum(powers, 1, true);
    return {
      loss: sub(log(reshape(total, [-1])), gatherND(shifted, ownEntries(labels))) as Tensor1D,
      dLogits: sub(div(powers, total), oneHot(labels, logits.shape[1])) as Tensor2D,
    };
  });
}
