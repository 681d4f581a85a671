import { conv2d as stock, type Tensor, type Tensor4D } from '@tensorflow/tfjs-core';
import { castLike } from './cast.ts';
import { floatType, hasOwn, isNative, runOne, typeOf, type Attribute } from './native.ts';
import { pad } from './pad.ts';

export type Stride = 1 | 2;

/** How the engine's convolutions meet the border: 'same' with stride 1; with stride 2 the input is {@link padded}, 'same' would pad the other side. */
export function borderOf(kernel: number, stride: Stride): 'same' | 'valid' {
  return kernel === 3 && stride === 1 ? 'same' : 'valid';
}

/** x with the border of zeros that {@link borderOf} leaves to the caller: the engine's gradients of explicit padding are slow. */
export function padded(x: Tensor, kernel: number, stride: Stride): Tensor {
  return kernel === 3 && stride === 2 ? pad(x, [[0, 0], [1, 1], [1, 1], [0, 0]]) : x.clone(); // prettier-ignore
}

/** Attributes that a convolution and its two gradients share; `x` is any of their maps, all of one precision. */
export function convAttributes(kernel: number, stride: Stride, x: Tensor): Attribute[] {
  return [
    typeOf(x),
    ['strides', 'INT', [1, stride, stride, 1]],
    ['padding', 'STRING', borderOf(kernel, stride).toUpperCase()],
    ['data_format', 'STRING', 'NHWC'],
    ['dilations', 'INT', [1, 1, 1, 1]],
    ['use_cudnn_on_gpu', 'BOOL', true],
  ];
}

/**
 * Whether our own operations, which take fewer products than the definition, compute convolutions of these maps with w
 * [k, k, Cin, Cout]. They multiply in float32: the engine's in bfloat16 are faster than that.
 */
export function isOwn(maps: Tensor, [kernel, , cin, cout]: readonly number[]): boolean {
  return kernel === 3 && floatType(maps) === 1 && hasOwn(cin!, cout!);
}

/**
 * Convolution of x [N, H, W, Cin] with w [k, k, Cin, Cout], k 1 or 3, padded as PyTorch's `padding = (k - 1) / 2`:
 * [N, ceil(H / stride), ceil(W / stride), Cout]. In x's precision, to which w is rounded.
 */
export function conv2d(x: Tensor, w: Tensor, stride: Stride): Tensor {
  if (isOwn(x, w.shape)) return runOne(`RxfaceConv3x3Stride${stride}`, [typeOf(x)], [x, w]);
  const [kernel] = w.shape as [number];
  const seen = padded(x, kernel, stride);
  const y = isNative() ? conv2dNative(seen, w, stride) : conv2dPortable(seen, w, stride);
  seen.dispose();
  return y;
}

function conv2dNative(seen: Tensor, w: Tensor, stride: Stride): Tensor {
  const typed = castLike(w, seen);
  const y = runOne('Conv2D', convAttributes(w.shape[0]!, stride, seen), [seen, typed]);
  typed.dispose();
  return y;
}

function conv2dPortable(seen: Tensor, w: Tensor, stride: Stride): Tensor {
  return stock(seen as Tensor4D, w as Tensor4D, stride, borderOf(w.shape[0]!, stride));
}
