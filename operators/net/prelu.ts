import { minimum, mul, tidy, zerosLike, type Tensor } from '@tensorflow/tfjs-core';
import { ShapeError } from '../../pipeline/errors.ts';
import { cast, castLike } from './kernels/cast.ts';
import { prelu } from './kernels/prelu.ts';
import { preluGrad, preluInputGrad } from './kernels/preluGrad.ts';
import type { Grads, Layer, Mode, Params, ParamSpec, Scope } from './layer.ts';
import { accumulate, sumOf } from './tangents.ts';

/** Rectifier with a learned slope a channel below zero, 0.25 at first (He et al. 2015): [..., C] to [..., C]. */
export class PRelu implements Layer {
  readonly params: readonly ParamSpec[];
  readonly #slope: string;
  readonly #channels: number;

  constructor(name: string, { channels }: { channels: number }) {
    this.#slope = `${name}.weight`;
    this.#channels = channels;
    this.params = [
      {
        name: this.#slope,
        shape: [channels],
        layout: { kind: 'vector' },
        role: 'prelu',
        init: { kind: 'constant', value: 0.25 },
      },
    ];
  }

  outShape(inShape: readonly number[]): number[] {
    if (inShape.at(-1) !== this.#channels) throw new ShapeError(this.#slope, `[..., ${this.#channels}]`, inShape);
    return [...inShape];
  }

  forward(p: Params, x: Tensor, _mode: Mode, scope: Scope): Tensor {
    const y = prelu(x, p[this.#slope]!);
    scope.save(this, { x });
    return y;
  }

  backward(p: Params, dy: Tensor, scope: Scope, into: Grads | null, keep: boolean): Tensor {
    const x = scope.read(this)['x']!;
    let dx: Tensor;
    if (into === null) dx = preluInputGrad(dy, x, p[this.#slope]!);
    else {
      const gradient = preluGrad(dy, x, p[this.#slope]!);
      accumulate(into, this.#slope, gradient.da);
      dx = gradient.dx;
    }
    dy.dispose();
    if (!keep) scope.free(this);
    return dx;
  }

  jvp(p: Params, xdot: Tensor | null, pdot: Params, scope: Scope): Tensor {
    const x = scope.read(this)['x']!;
    return preluTangent(x, xdot, p[this.#slope]!, pdot[this.#slope]);
  }
}

/** Tangent of prelu(x, a) for those of x, which is consumed, and of a; a missing one is zero. */
export function preluTangent(x: Tensor, xdot: Tensor | null, a: Tensor, aDot: Tensor | undefined): Tensor {
  const bySlope = aDot === undefined ? null : tidy(() => castLike(mul(minimum(cast(x, 'float32'), 0), aDot), x));
  if (xdot === null) return bySlope ?? zerosLike(x);
  const byInput = preluInputGrad(xdot, x, a);
  xdot.dispose();
  return sumOf(byInput, bySlope);
}
