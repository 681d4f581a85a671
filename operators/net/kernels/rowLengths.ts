import { sqrt, square, sum, tensor1d, tidy, type Tensor1D, type Tensor2D } from '@tensorflow/tfjs-core';
import { FLOAT32, isNative, runOne } from './native.ts';

/** [R] lengths of the rows of x [R, C]. Natively in one pass over them. */
export function rowLengths(x: Tensor2D): Tensor1D {
  if (!isNative()) return tidy(() => sqrt(sum(square(x), 1)));
  return tidy(() => {
    const attributes = [FLOAT32, ['Tidx', 'TYPE', 3], ['keep_dims', 'BOOL', false]] as const;
    return runOne('EuclideanNorm', attributes, [x, tensor1d([1], 'int32')]) as Tensor1D;
  });
}
