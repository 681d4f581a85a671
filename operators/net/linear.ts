import { add, matMul, zeros, type Tensor, type Tensor2D } from '@tensorflow/tfjs-core';
import { ShapeError } from '../../pipeline/errors.ts';
import { channelSum } from './kernels/channelSum.ts';
import type { Grads, Layer, Mode, Params, ParamSpec, Scope } from './layer.ts';
import { accumulate, sumOf } from './tangents.ts';

export interface LinearOptions {
  /** Shape [h, w, c] of the map that was flattened to [h x w x c]: PyTorch's columns run over c, h, w. */
  map: readonly [number, number, number];
  out: number;
}

/** x W + b: [N, in] to [N, out], W [in, out]. */
export class Linear implements Layer {
  readonly params: readonly ParamSpec[];
  readonly #weight: string;
  readonly #bias: string;
  readonly #in: number;
  readonly #out: number;

  constructor(name: string, { map, out }: LinearOptions) {
    this.#weight = `${name}.weight`;
    this.#bias = `${name}.bias`;
    this.#in = map[0] * map[1] * map[2];
    this.#out = out;
    this.params = [
      {
        name: this.#weight,
        shape: [this.#in, out],
        layout: { kind: 'linear', map },
        role: 'weight',
        init: { kind: 'kaimingFanOut', fanOut: out },
      },
      {
        name: this.#bias,
        shape: [out],
        layout: { kind: 'vector' },
        role: 'bias',
        init: { kind: 'constant', value: 0 },
      },
    ];
  }

  outShape(inShape: readonly number[]): number[] {
    if (inShape.length !== 1 || inShape[0] !== this.#in) throw new ShapeError(this.#weight, `[${this.#in}]`, inShape);
    return [this.#out];
  }

  forward(p: Params, x: Tensor, _mode: Mode, scope: Scope): Tensor {
    const product = matMul(x as Tensor2D, p[this.#weight] as Tensor2D);
    const y = add(product, p[this.#bias]!);
    product.dispose();
    scope.save(this, { x });
    return y;
  }

  backward(p: Params, dy: Tensor, scope: Scope, into: Grads | null, keep: boolean): Tensor {
    const dx = matMul(dy as Tensor2D, p[this.#weight] as Tensor2D, false, true);
    if (into !== null) {
      accumulate(into, this.#weight, matMul(scope.read(this)['x'] as Tensor2D, dy as Tensor2D, true, false));
      accumulate(into, this.#bias, channelSum(dy));
    }
    dy.dispose();
    if (!keep) scope.free(this);
    return dx;
  }

  jvp(p: Params, xdot: Tensor | null, pdot: Params, scope: Scope): Tensor {
    const x = scope.read(this)['x'] as Tensor2D;
    const [weightDot, biasDot] = [pdot[this.#weight], pdot[this.#bias]];
    let tangent: Tensor | null = null;
    if (xdot !== null) {
      tangent = matMul(xdot as Tensor2D, p[this.#weight] as Tensor2D);
      xdot.dispose();
    }
    if (weightDot !== undefined) tangent = sumOf(matMul(x, weightDot as Tensor2D), tangent);
    tangent ??= zeros([x.shape[0], this.#out]);
    if (biasDot === undefined) return tangent;
    const total = add(tangent, biasDot);
    tangent.dispose();
    return total;
  }
}
