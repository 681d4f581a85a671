import { sum, type Tensor } from '@tensorflow/tfjs-core';
import { FLOAT32, isNative, runOne } from './native.ts';

/** Sum over all but the last axis: [..., C] to [C]. Natively the gradient of a bias, several times as fast as Sum. */
export function channelSum(x: Tensor): Tensor {
  if (isNative()) return runOne('BiasAddGrad', [FLOAT32, ['data_format', 'STRING', 'NHWC']], [x]);
  return channelSumPortable(x);
}

function channelSumPortable(x: Tensor): Tensor {
  return sum(
    x,
    x.shape.slice(0, -1).map((_, axis) => axis),
  );
}
