import { conv2d as stock, type Tensor, type Tensor4D } from '@tensorflow/tfjs-core';
import { processorInstructions } from '../../../pipeline/engine/load.ts';
import { castLike, precisionOf, type Precision } from './cast.ts';
import { hasOwn, isNative, runOne, typeOf, type Attribute } from './native.ts';

export type Stride = 1 | 2;

/** How the engine's convolutions meet the border: 'same' with stride 1; with stride 2 that would pad the other side, so zeros are brought. */
export function borderOf(kernel: number, stride: Stride): 'same' | 'valid' {
  return kernel === 3 && stride === 1 ? 'same' : 'valid';
}

/** Attributes that a convolution and its two gradients share; `x` is any of their maps, all of one precision. */
export function convAttributes(
  kernel: number,
  stride: Stride,
  x: Tensor,
  padding = borderOf(kernel, stride).toUpperCase(),
): Attribute[] {
  return [
    typeOf(x),
    ['strides', 'INT', [1, stride, stride, 1]],
    ['padding', 'STRING', padding],
    ['data_format', 'STRING', 'NHWC'],
    ['dilations', 'INT', [1, 1, 1, 1]],
    ['use_cudnn_on_gpu', 'BOOL', true],
  ];
}

/**
 * Whether our own operations, which take fewer products than the definition, compute convolutions of maps of this precision with
 * w [k, k, Cin, Cout]. They take w in float32, and round what they make of it.
 *
 * In bfloat16 only where vectors multiply it: ours would be slow without, and where the processor has tiles for it the engine's are
 * faster.
 */
export function isOwn(
  precision: Precision,
  [kernel, , cin, cout]: readonly number[],
  instructions: ReadonlySet<string> = processorInstructions(),
): boolean {
  if (kernel !== 3 || !hasOwn(cin!, cout!)) return false;
  return precision === 'float32' || (instructions.has('avx512_bf16') && !instructions.has('amx_bf16'));
}

/**
 * Convolution of x [N, H, W, Cin] with w [k, k, Cin, Cout], k 1 or 3, padded as PyTorch's `padding = (k - 1) / 2`:
 * [N, ceil(H / stride), ceil(W / stride), Cout]. In x's precision; w is float32, or what the engine's convolutions take: x's.
 */
export function conv2d(x: Tensor, w: Tensor, stride: Stride): Tensor {
  if (isOwn(precisionOf(x), w.shape)) return runOne(`RxfaceConv3x3Stride${stride}`, [typeOf(x)], [x, w]);
  return isNative() ? conv2dNative(x, w, stride) : conv2dPortable(x, w, stride);
}

function conv2dNative(x: Tensor, w: Tensor, stride: Stride): Tensor {
  const [kernel] = w.shape as [number];
  // It costs no pass over memory here, but the engine's gradients of it are slow.
  const attributes: Attribute[] =
    kernel === 3 && stride === 2
      ? [...convAttributes(kernel, stride, x, 'EXPLICIT'), ['explicit_paddings', 'INT', [0, 0, 1, 1, 1, 1, 0, 0]]]
      : convAttributes(kernel, stride, x);
  const typed = castLike(w, x);
  const y = runOne('Conv2D', attributes, [x, typed]);
  typed.dispose();
  return y;
}

function conv2dPortable(x: Tensor, w: Tensor, stride: Stride): Tensor {
  return stock(x as Tensor4D, w as Tensor4D, stride, (w.shape[0]! - 1) / 2);
}
