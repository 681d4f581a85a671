import {
  matMul,
  pad as stockPad,
  reshape,
  stack,
  stridedSlice,
  tensor1d,
  tidy,
  type Tensor,
  type Tensor2D,
} from '@tensorflow/tfjs-core';
import { cast, precisionOf } from './cast.ts';
import { borderOf, convAttributes, isOwn, type Stride } from './conv2d.ts';
import { isNative, runOne, typeOf } from './native.ts';
import { pad } from './pad.ts';

/** Gradient of {@link conv2d} by w: x [N, H, W, Cin] and dy [N, H', W', Cout] to `shape` [k, k, Cin, Cout], in float32. */
export function conv2dFilterGrad(x: Tensor, dy: Tensor, shape: readonly number[], stride: Stride): Tensor {
  if (isOwn(precisionOf(x), shape)) return runOne(`RxfaceConv3x3FilterGradStride${stride}`, [typeOf(x)], [x, dy]);
  const seen = padded(x, shape[0]!, stride);
  const dw = (isNative() ? conv2dFilterGradNative : conv2dFilterGradPortable)(seen, dy, shape, stride);
  seen.dispose();
  return dw;
}

/** x with the border of zeros that {@link borderOf} leaves to the caller. */
function padded(x: Tensor, kernel: number, stride: Stride): Tensor {
  return kernel === 3 && stride === 2 ? pad(x, [[0, 0], [1, 1], [1, 1], [0, 0]]) : x.clone(); // prettier-ignore
}

function conv2dFilterGradNative(seen: Tensor, dy: Tensor, shape: readonly number[], stride: Stride): Tensor {
  const sizes = tensor1d([...shape], 'int32');
  const dw = runOne('Conv2DBackpropFilter', convAttributes(shape[0]!, stride, seen), [seen, sizes, dy]);
  const wide = cast(dw, 'float32');
  dw.dispose();
  sizes.dispose();
  return wide;
}

/** One transposed product per tap of the kernel: the wasm backend has no filter gradient of its own. */
function conv2dFilterGradPortable(x: Tensor, dy: Tensor, shape: readonly number[], stride: Stride): Tensor {
  return tidy(() => {
    const [kh, kw, cin, cout] = shape as [number, number, number, number];
    const [n, oh, ow] = dy.shape as [number, number, number, number];
    const [ph, pw] = borderOf(kh, stride) === 'same' ? [(kh - 1) / 2, (kw - 1) / 2] : [0, 0];
    const source = ph > 0 ? stockPad(x, [[0, 0], [ph, ph], [pw, pw], [0, 0]]) : x; // prettier-ignore
    const rows = reshape(dy, [n * oh * ow, cout]) as Tensor2D;
    const taps: Tensor[] = [];
    for (let i = 0; i < kh; i++) {
      for (let j = 0; j < kw; j++) {
        const end = [n, i + (oh - 1) * stride + 1, j + (ow - 1) * stride + 1, cin];
        const seen = stridedSlice(source, [0, i, j, 0], end, [1, stride, stride, 1]);
        taps.push(matMul(reshape(seen, [n * oh * ow, cin]) as Tensor2D, rows, true, false));
      }
    }
    return reshape(stack(taps), [kh, kw, cin, cout]);
  });
}
