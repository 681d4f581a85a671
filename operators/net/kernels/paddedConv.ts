import { conv2d as stock, type Tensor, type Tensor4D } from '@tensorflow/tfjs-core';
import { castLike } from './cast.ts';
import { conv2d, isOwn } from './conv2d.ts';
import { floatType, isNative, runOne, typeOf } from './native.ts';

/**
 * Convolution of x [N, H, W, Cin] with w [k, k, Cin, Cout], k odd, (k - 1) / 2 zeros on every side: [N, ceil(H/s), ceil(W/s), Cout].
 *
 * For inference alone: the padding costs no pass over memory here, but the engine's gradients of it are slow.
 */
export function paddedConv(x: Tensor, w: Tensor, stride: 1 | 2): Tensor {
  const side = (w.shape[0]! - 1) / 2;
  if (side === 1 && floatType(w) === 1 && (stride === 1 || isOwn(x, w.shape))) return conv2d(x, w, stride);
  if (!isNative()) return stock(x as Tensor4D, w as Tensor4D, stride, side);
  const typed = castLike(w, x);
  const y = runOne(
    'Conv2D',
    [
      typeOf(x),
      ['strides', 'INT', [1, stride, stride, 1]],
      ['padding', 'STRING', 'EXPLICIT'],
      ['explicit_paddings', 'INT', [0, 0, side, side, side, side, 0, 0]],
      ['data_format', 'STRING', 'NHWC'],
      ['dilations', 'INT', [1, 1, 1, 1]],
      ['use_cudnn_on_gpu', 'BOOL', true],
    ],
    [x, typed],
  );
  typed.dispose();
  return y;
}
