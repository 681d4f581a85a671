import { slice as stock, tensor1d, type Tensor } from '@tensorflow/tfjs-core';
import { floatType, runOne, typeOf } from './native.ts';

/** The block of `size` values a side at `begin`, in any precision. */
export function slice(x: Tensor, begin: readonly number[], size: readonly number[]): Tensor {
  if (floatType(x) === 1) return stock(x, [...begin], [...size]);
  const [from, sizes] = [tensor1d([...begin], 'int32'), tensor1d([...size], 'int32')];
  const y = runOne('Slice', [typeOf(x), ['Index', 'TYPE', 3]], [x, from, sizes]);
  from.dispose();
  sizes.dispose();
  return y;
}
