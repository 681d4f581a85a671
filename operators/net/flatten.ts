import { reshape, type Tensor } from '@tensorflow/tfjs-core';
import type { Grads, Layer, Mode, Params, ParamSpec, Scope } from './layer.ts';
import { given } from './tangents.ts';

/** [N, H, W, C] to [N, H x W x C]. */
export class Flatten implements Layer {
  readonly params: readonly ParamSpec[] = [];
  readonly #map: readonly [number, number, number];

  /** @param map [h, w, c] of what comes in */
  constructor(map: readonly [number, number, number]) {
    this.#map = map;
  }

  outShape(inShape: readonly number[]): number[] {
    return [inShape.reduce((product, size) => product * size, 1)];
  }

  forward(_p: Params, x: Tensor, _mode: Mode, _scope: Scope): Tensor {
    return this.#as(x, [x.shape[0]!, x.size / x.shape[0]!]);
  }

  backward(_p: Params, dy: Tensor, _scope: Scope, _into: Grads | null, _keep: boolean): Tensor {
    return this.#as(dy, [dy.shape[0]!, ...this.#map]);
  }

  jvp(_p: Params, xdot: Tensor | null, _pdot: Params, _scope: Scope): Tensor {
    const tangent = given(xdot, 'flatten');
    return this.#as(tangent, [tangent.shape[0]!, tangent.size / tangent.shape[0]!]);
  }

  /** Consumes `x`. */
  #as(x: Tensor, shape: number[]): Tensor {
    const y = reshape(x, shape);
    x.dispose();
    return y;
  }
}
