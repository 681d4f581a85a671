import { zeros, type Tensor } from '@tensorflow/tfjs-core';
import { ShapeError } from '../../pipeline/errors.ts';
import { conv2d } from './kernels/conv2d.ts';
import { conv2dFilterGrad } from './kernels/conv2dFilterGrad.ts';
import { conv2dInputGrad } from './kernels/conv2dInputGrad.ts';
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
 */
export class Conv implements Layer {
  readonly params: readonly ParamSpec[];
  readonly #weight: string;
  readonly #options: ConvOptions;

  constructor(name: string, options: ConvOptions) {
    const { in: input, out, kernel } = options;
    this.#weight = `${name}.weight`;
    this.#options = options;
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
    const y = conv2d(x, p[this.#weight]!, this.#options.stride);
    scope.save(this, { x });
    return y;
  }

  backward(p: Params, dy: Tensor, scope: Scope, into: Grads | null, keep: boolean): Tensor {
    const dx = conv2dInputGrad(dy, p[this.#weight]!, scope.read(this)['x']!.shape, this.#options.stride);
    this.backwardParams(p, dy, scope, into, keep);
    return dx;
  }

  backwardParams(_p: Params, dy: Tensor, scope: Scope, into: Grads | null, keep: boolean): void {
    const x = scope.read(this)['x']!;
    if (into !== null) {
      accumulate(into, this.#weight, conv2dFilterGrad(x, dy, this.params[0]!.shape, this.#options.stride));
    }
    dy.dispose();
    if (!keep) scope.free(this);
  }

  jvp(p: Params, xdot: Tensor | null, pdot: Params, scope: Scope): Tensor {
    const x = scope.read(this)['x']!;
    const { stride } = this.#options;
    const wdot = pdot[this.#weight];
    const byWeight = wdot === undefined ? null : conv2d(x, wdot, stride);
    if (xdot === null) return byWeight ?? zeros([x.shape[0]!, ...this.outShape(x.shape.slice(1))]);
    const byInput = conv2d(xdot, p[this.#weight]!, stride);
    xdot.dispose();
    return sumOf(byInput, byWeight);
  }
}
