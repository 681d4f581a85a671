import type { Tensor } from '@tensorflow/tfjs-core';
import type { Grads, Layer, Mode, Params, ParamSpec, Scope } from './layer.ts';
import { createScope } from './scope.ts';

/**
 * A layer that keeps only what came in, and goes forward once more when backward or jvp ask for the rest
 * (Chen et al., "Training Deep Nets with Sublinear Memory Cost", 2016).
 *
 * In plain words: less memory for more time. Gradients are those of the layer itself, bit for bit: the second forward sees the same
 * numbers as the first. Running statistics move with the first alone.
 */
export class Recomputed implements Layer {
  readonly params: readonly ParamSpec[];
  readonly #layer: Layer;
  /** How the forward went that a scope is of. */
  readonly #modes = new WeakMap<Scope, Mode>();

  constructor(layer: Layer) {
    this.#layer = layer;
    this.params = layer.params;
  }

  outShape(inShape: readonly number[]): number[] {
    return this.#layer.outShape(inShape);
  }

  forward(p: Params, x: Tensor, mode: Mode, scope: Scope): Tensor {
    this.#modes.set(scope, mode);
    scope.save(this, { x: x.clone() });
    return this.#layer.forward(p, x, mode, { ...createScope({ keeps: false }), statistics: scope.statistics });
  }

  backward(p: Params, dy: Tensor, scope: Scope, into: Grads | null, keep: boolean): Tensor {
    const again = this.#again(p, scope, keep);
    const dx = this.#layer.backward(p, dy, again, into, false);
    again.dispose();
    return dx;
  }

  backwardParams(p: Params, dy: Tensor, scope: Scope, into: Grads | null, keep: boolean): void {
    const again = this.#again(p, scope, keep);
    if (this.#layer.backwardParams) this.#layer.backwardParams(p, dy, again, into, false);
    else this.#layer.backward(p, dy, again, into, false).dispose();
    again.dispose();
  }

  jvp(p: Params, xdot: Tensor | null, pdot: Params, scope: Scope): Tensor {
    const again = this.#again(p, scope, true);
    const tangent = this.#layer.jvp(p, xdot, pdot, again);
    again.dispose();
    return tangent;
  }

  /** What the layer's own forward would have kept. */
  #again(p: Params, scope: Scope, keep: boolean): Scope {
    const x = scope.read(this)['x']!.clone();
    if (!keep) scope.free(this);
    const mode = { ...this.#modes.get(scope)!, updateStats: false };
    const again = createScope({ keeps: true });
    this.#layer.forward(p, x, mode, again).dispose();
    return again;
  }
}
