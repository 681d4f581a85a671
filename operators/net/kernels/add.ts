import { add as stock, type Tensor } from '@tensorflow/tfjs-core';
import { floatType, runOne, typeOf } from './native.ts';

/** a + b of one shape, in any precision. */
export function add(a: Tensor, b: Tensor): Tensor {
  return floatType(a) === 1 ? stock(a, b) : runOne('AddV2', [typeOf(a)], [a, b]);
}
