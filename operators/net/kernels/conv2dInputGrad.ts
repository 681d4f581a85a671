import { conv2dTranspose, tensor1d, type Tensor, type Tensor4D } from '@tensorflow/tfjs-core';
import { castLike } from './cast.ts';
import { convAttributes, type ConvGeometry } from './conv2d.ts';
import { isNative, runOne } from './native.ts';

/** Gradient of {@link conv2d} by x: dy [N, H', W', Cout] and w [kh, kw, Cin, Cout] to `shape` [N, H, W, Cin]. */
export function conv2dInputGrad(dy: Tensor, w: Tensor, shape: readonly number[], geometry: ConvGeometry): Tensor {
  if (!isNative()) return conv2dInputGradPortable(dy, w, shape, geometry);
  const sizes = tensor1d([...shape], 'int32');
  const typed = castLike(w, dy);
  const dx = runOne('Conv2DBackpropInput', convAttributes(geometry, dy), [sizes, typed, dy]);
  sizes.dispose();
  typed.dispose();
  return dx;
}

function conv2dInputGradPortable(
  dy: Tensor,
  w: Tensor,
  shape: readonly number[],
  { stride, padding }: ConvGeometry,
): Tensor {
  return conv2dTranspose(dy as Tensor4D, w as Tensor4D, shape as [number, number, number, number], stride, padding);
}
