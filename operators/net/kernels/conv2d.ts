import { conv2d as stock, type Tensor, type Tensor4D } from '@tensorflow/tfjs-core';
import { FLOAT32, isNative, runOne, type Attribute } from './native.ts';

/** How a convolution meets the border: 'same' only with stride 1; elsewhere the caller pads and says 'valid'. */
export interface ConvGeometry {
  stride: 1 | 2;
  padding: 'same' | 'valid';
}

/** Attributes that a convolution and its two gradients share. */
export function convAttributes({ stride, padding }: ConvGeometry): Attribute[] {
  return [
    FLOAT32,
    ['strides', 'INT', [1, stride, stride, 1]],
    ['padding', 'STRING', padding.toUpperCase()],
    ['data_format', 'STRING', 'NHWC'],
    ['dilations', 'INT', [1, 1, 1, 1]],
    ['use_cudnn_on_gpu', 'BOOL', true],
  ];
}

/** Convolution of x [N, H, W, Cin] with w [kh, kw, Cin, Cout]: [N, H', W', Cout]. */
export function conv2d(x: Tensor, w: Tensor, geometry: ConvGeometry): Tensor {
  if (isNative()) return runOne('Conv2D', convAttributes(geometry), [x, w]);
  return conv2dPortable(x, w, geometry);
}

function conv2dPortable(x: Tensor, w: Tensor, { stride, padding }: ConvGeometry): Tensor {
  return stock(x as Tensor4D, w as Tensor4D, stride, padding);
}
