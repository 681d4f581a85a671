import { sum, type Tensor } from '@tensorflow/tfjs-core';
import { cast } from './cast.ts';
import { FLOAT32, isNative, runOne } from './native.ts';

/** Sum over all but the last axis: [..., C] to [C]. Natively the gradient of a bias, several times as fast as Sum. */
export function channelSum(x: Tensor): Tensor {
  if (!isNative()) return channelSumPortable(x);
  // In bfloat16 the sum itself would be rounded at every step, and is slower than the cast.
  const wide = cast(x, 'float32');
  const total = runOne('BiasAddGrad', [FLOAT32, ['data_format', 'STRING', 'NHWC']], [wide]);
  wide.dispose();
  return total;
}

function channelSumPortable(x: Tensor): Tensor {
  return sum(
    x,
    x.shape.slice(0, -1).map((_, axis) => axis),
  );
}
