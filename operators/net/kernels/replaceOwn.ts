import { equal, reshape, tensorScatterUpdate, where } from '@tensorflow/tfjs-core';
import { range, stack, tidy, type Tensor1D, type Tensor2D } from '@tensorflow/tfjs-core';
import { isNative } from './native.ts';

/**
 * A copy of x with one entry of each row replaced: row b gets values[b] in column labels[b].
 *
 * @param x [B, C]
 * @param labels [B] int32 in [0, C)
 * @param values [B]
 */
export function replaceOwn(x: Tensor2D, labels: Tensor1D, values: Tensor1D): Tensor2D {
  // Not on the cpu backend, whose TensorScatterUpdate writes into its input.
  return isNative()
    ? tidy(() => tensorScatterUpdate(x, ownEntries(labels), values) as Tensor2D)
    : replaceOwnPortable(x, labels, values);
}

export function replaceOwnPortable(x: Tensor2D, labels: Tensor1D, values: Tensor1D): Tensor2D {
  return tidy(() => {
    const own = equal(range(0, x.shape[1], 1, 'int32'), reshape(labels, [-1, 1]));
    return where(own, reshape(values, [-1, 1]), x) as Tensor2D;
  });
}

/** [B, 2] int32: row and column of each label, for `gatherND`. */
export function ownEntries(labels: Tensor1D): Tensor2D {
  return tidy(() => stack([range(0, labels.shape[0], 1, 'int32'), labels], 1) as Tensor2D);
}
