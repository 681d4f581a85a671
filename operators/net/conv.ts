import { zeros, type Tensor } from '@tensorflow/tfjs-core';
import { ShapeError } from '../../pipeline/errors.ts';
import { conv2d, type ConvGeometry } from './kernels/conv2d.ts';
import { conv2dFilterGrad } from './kernels/conv2dFilterGrad.ts';
import { conv2dInputGrad } from './kernels/conv2dInputGrad.ts';
import { pad } from './kernels/pad.ts';
import { slice } from './kernels/slice.ts';
import type { Grads, Layer, Mode, Params, ParamSpec, Scope } from './layer.ts';
import { accumulate, sumOf } from './tangents.ts';

export interface ConvOptions {
  in: number;
  out: number;
  kernel: 1 | 3;
  stride: 1 | 2;
}

/**
 * Convolution without bias, padded as PyTorch's `padding = kernel / 2`: [N, H, W, in] to [N, ceil(H/stride), ceil(W/stride), out].
 *
 * A 3x3 kernel with stride 2 is run on an input padded by hand: 'same' would pad the other side (face-training 2.4),
 * and the engine's gradients of explicit padding are slow.
 */
export class Conv implements Layer {
  readonly params: readonly ParamSpec[];
  readonly #weight: string;
  readonly #options: ConvOptions;
  readonly #geometry: ConvGeometry;
  readonly #pads: boolean;

  constructor(name: string, options: ConvOptions) {
    const { in: input, out, kernel, stride } = options;
    this.#weight = `${name}.weight`;
    this.#options = options;
    this.#pads = kernel === 3 && stride === 2;
    this.#geometry = { stride, padding: kernel === 3 && stride === 1 ? 'same' : 'valid' };
    this.params = [
      {
        name: this.#weight,
        shape: [kernel, kernel, input, out],
        layout: { kind: 'conv' },
        role: 'weight',
        init: { kind: 'kaimingFanOut', fanOut: out * kernel * kernel },
      },
    ];
  }

  outShape(inShape: readonly number[]): number[] {
    const { in: input, out, stride } = this.#options;
    const [h, w, c] = inShape;
    if (inShape.length !== 3 || c !== input) throw new ShapeError(this.#weight, `[h, w, ${input}]`, inShape);
    return [Math.ceil(h! / stride), Math.ceil(w! / stride), out];
  }

  forward(p: Params, x: Tensor, _mode: Mode, scope: Scope): Tensor {
    const seen = this.#padded(x);
    const y = conv2d(seen, p[this.#weight]!, this.#geometry);
    scope.save(this, { x: seen });
    return y;
  }

  backward(p: Params, dy: Tensor, scope: Scope, into: Grads | null, keep: boolean): Tensor {
    const x = scope.read(this)['x']!;
    const dSeen = conv2dInputGrad(dy, p[this.#weight]!, x.shape, this.#geometry);
    this.backwardParams(p, dy, scope, into, keep);
    return this.#unpadded(dSeen);
  }

  backwardParams(_p: Params, dy: Tensor, scope: Scope, into: Grads | null, keep: boolean): void {
    const x = scope.read(this)['x']!;
    if (into !== null) {
      accumulate(into, this.#weight, conv2dFilterGrad(x, dy, this.params[0]!.shape, this.#geometry));
    }
    dy.dispose();
    if (!keep) scope.free(this);
  }

  jvp(p: Params, xdot: Tensor | null, pdot: Params, scope: Scope): Tensor {
    const x = scope.read(this)['x']!;
    const wdot = pdot[this.#weight];
    const byWeight = wdot === undefined ? null : conv2d(x, wdot, this.#geometry);
    if (xdot === null) return byWeight ?? zeros(this.#outOf(x));
    const seen = this.#padded(xdot);
    const byInput = conv2d(seen, p[this.#weight]!, this.#geometry);
    seen.dispose();
    return sumOf(byInput, byWeight);
  }

  /** Consumes `x`. */
  #padded(x: Tensor): Tensor {
    if (!this.#pads) return x;
    const padded = pad(x, [[0, 0], [1, 1], [1, 1], [0, 0]]); // prettier-ignore
    x.dispose();
    return padded;
  }

  /** Consumes `dx`. */
  #unpadded(dx: Tensor): Tensor {
    if (!this.#pads) return dx;
    const [n, h, w, c] = dx.shape as [number, number, number, number];
    const inner = slice(dx, [0, 1, 1, 0], [n, h - 2, w - 2, c]);
    dx.dispose();
    return inner;
  }

  /** Shape of the output for the kept (padded) input. */
  #outOf(x: Tensor): number[] {
    const { kernel, stride, out } = this.#options;
    const [n, h, w] = x.shape as [number, number, number, number];
    const size = (rows: number): number =>
      this.#geometry.padding === 'same' ? rows : Math.floor((rows - kernel) / stride) + 1;
    return [n, size(h), size(w), out];
  }
}
