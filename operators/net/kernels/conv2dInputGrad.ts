import { conv2dTranspose, tensor1d, type Tensor, type Tensor4D } from '@tensorflow/tfjs-core';
import { castLike, precisionOf } from './cast.ts';
import { borderOf, convAttributes, isOwn, type Stride } from './conv2d.ts';
import { isNative, runOne, typeOf } from './native.ts';
import { slice } from './slice.ts';

type Shape4 = readonly [number, number, number, number];

/** Gradient of {@link conv2d} by x: dy [N, H', W', Cout] and w [k, k, Cin, Cout] to `shape` [N, H, W, Cin]. */
export function conv2dInputGrad(dy: Tensor, w: Tensor, shape: readonly number[], stride: Stride): Tensor {
  const [n, h, width, c] = shape as Shape4;
  const [kernel] = w.shape as [number];
  if (isOwn(precisionOf(dy), w.shape)) return runSized(`RxfaceConv3x3InputGradStride${stride}`, dy, w, shape);
  const gradient = isNative() ? conv2dInputGradNative : conv2dInputGradPortable;
  if (kernel === 1 || stride === 1) return gradient(dy, w, [n, h, width, c], stride);
  const whole = gradient(dy, w, [n, h + 2, width + 2, c], stride);
  const inner = slice(whole, [0, 1, 1, 0], [n, h, width, c]);
  whole.dispose();
  return inner;
}

function runSized(op: string, dy: Tensor, w: Tensor, shape: readonly number[]): Tensor {
  const sizes = tensor1d([...shape], 'int32');
  const dx = runOne(op, [typeOf(dy)], [dy, w, sizes]);
  sizes.dispose();
  return dx;
}

function conv2dInputGradNative(dy: Tensor, w: Tensor, shape: Shape4, stride: Stride): Tensor {
  const sizes = tensor1d([...shape], 'int32');
  const typed = castLike(w, dy);
  const dx = runOne('Conv2DBackpropInput', convAttributes(w.shape[0]!, stride, dy), [sizes, typed, dy]);
  sizes.dispose();
  typed.dispose();
  return dx;
}

function conv2dInputGradPortable(dy: Tensor, w: Tensor, shape: Shape4, stride: Stride): Tensor {
  return conv2dTranspose(dy as Tensor4D, w as Tensor4D, [...shape], stride, borderOf(w.shape[0]!, stride));
}
