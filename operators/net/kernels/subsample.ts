import { stridedSlice, type Tensor } from '@tensorflow/tfjs-core';
import { isNative, runOne, typeOf } from './native.ts';

/** Every second row and column: x [N, H, W, C] to [N, ceil(H/2), ceil(W/2), C]. Natively a pooling of one pixel. */
export function subsample(x: Tensor): Tensor {
  if (!isNative()) return subsamplePortable(x);
  const window = [1, 1, 1, 1];
  return runOne(
    'MaxPool',
    [typeOf(x), ['ksize', 'INT', window], ['strides', 'INT', [1, 2, 2, 1]], ['padding', 'STRING', 'VALID'], ['data_format', 'STRING', 'NHWC']], // prettier-ignore
    [x],
  );
}

function subsamplePortable(x: Tensor): Tensor {
  return stridedSlice(x, [0, 0, 0, 0], [...x.shape], [1, 2, 2, 1]);
}
