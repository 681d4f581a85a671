import { conv2d as stock, type Tensor, type Tensor4D } from '@tensorflow/tfjs-core';
import { castLike } from './cast.ts';
import { isNative, runOne, typeOf, type Attribute } from './native.ts';

/** How a convolution meets the border: 'same' only with stride 1; elsewhere the caller pads and says 'valid'. */
export interface ConvGeometry {
  stride: 1 | 2;
  padding: 'same' | 'valid';
}

/** Attributes that a convolution and its two gradients share; `x` is any of their maps, all of one precision. */
export function convAttributes({ stride, padding }: ConvGeometry, x: Tensor): Attribute[] {
  return [
    typeOf(x),
    ['strides', 'INT', [1, stride, stride, 1]],
    ['padding', 'STRING', padding.toUpperCase()],
    ['data_format', 'STRING', 'NHWC'],
    ['dilations', 'INT', [1, 1, 1, 1]],
    ['use_cudnn_on_gpu', 'BOOL', true],
  ];
}

/** Convolution of x [N, H, W, Cin] with w [kh, kw, Cin, Cout]: [N, H', W', Cout]. Computed in x's precision, to which w is rounded. */
export function conv2d(x: Tensor, w: Tensor, geometry: ConvGeometry): Tensor {
  if (!isNative()) return conv2dPortable(x, w, geometry);
  const typed = castLike(w, x);
  const y = runOne('Conv2D', convAttributes(geometry, x), [x, typed]);
  typed.dispose();
  return y;
}

function conv2dPortable(x: Tensor, w: Tensor, { stride, padding }: ConvGeometry): Tensor {
  return stock(x as Tensor4D, w as Tensor4D, stride, padding);
}
