import { reshape as stock, tensor1d, type Tensor } from '@tensorflow/tfjs-core';
import { floatType, runOne, typeOf } from './native.ts';

/** x in another shape of as many values, in any precision. */
export function reshape(x: Tensor, shape: readonly number[]): Tensor {
  if (floatType(x) === 1) return stock(x, [...shape]);
  const sizes = tensor1d([...shape], 'int32');
  const y = runOne('Reshape', [typeOf(x), ['Tshape', 'TYPE', 3]], [x, sizes]);
  sizes.dispose();
  return y;
}
