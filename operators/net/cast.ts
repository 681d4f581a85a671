import type { Tensor } from '@tensorflow/tfjs-core';
import { cast, type Precision } from './kernels/cast.ts';
import type { Grads, Layer, Mode, Params, ParamSpec, Scope } from './layer.ts';
import { given } from './tangents.ts';

/** Goes over from one precision to another; gradients go back the other way. */
export class Cast implements Layer {
  readonly params: readonly ParamSpec[] = [];
  readonly #from: Precision;
  readonly #to: Precision;

  constructor(from: Precision, to: Precision) {
    this.#from = from;
    this.#to = to;
  }

  outShape(inShape: readonly number[]): number[] {
    return [...inShape];
  }

  forward(_p: Params, x: Tensor, _mode: Mode, _scope: Scope): Tensor {
    return consumed(x, this.#to);
  }

  backward(_p: Params, dy: Tensor, _scope: Scope, _into: Grads | null, _keep: boolean): Tensor {
    return consumed(dy, this.#from);
  }

  jvp(_p: Params, xdot: Tensor | null, _pdot: Params, _scope: Scope): Tensor {
    return consumed(given(xdot, 'cast'), this.#to);
  }
}

/** Consumes `x`. */
function consumed(x: Tensor, to: Precision): Tensor {
  const y = cast(x, to);
  x.dispose();
  return y;
}
