import type { Tensor } from '@tensorflow/tfjs-core';
import { ShapeError } from '../../pipeline/errors.ts';
import type { Grads, Layer, Mode, Params, ParamSpec, Scope } from './layer.ts';
import type { Sequential } from './sequential.ts';

/** branch(x) + shortcut(x); without a shortcut branch(x) + x. No activation follows the sum (AdaFace net.py). */
export class Residual implements Layer {
  readonly params: readonly ParamSpec[];
  readonly #branch: Sequential;
  readonly #shortcut: Layer | null;

  constructor(branch: Sequential, shortcut: Layer | null) {
    this.#branch = branch;
    this.#shortcut = shortcut;
    this.params = [...branch.params, ...(shortcut?.params ?? [])];
  }

  outShape(inShape: readonly number[]): number[] {
    const out = this.#branch.outShape(inShape);
    const side = this.#shortcut?.outShape(inShape) ?? inShape;
    if (out.join() !== side.join()) throw new ShapeError('residual sum', `[${out.join(', ')}]`, side);
    return out;
  }

  forward(p: Params, x: Tensor, mode: Mode, scope: Scope): Tensor {
    const side = this.#shortcut === null ? x.clone() : this.#shortcut.forward(p, x.clone(), mode, scope);
    return this.#branch.forwardOnto(p, x, mode, scope, side);
  }

  backward(p: Params, dy: Tensor, scope: Scope, into: Grads | null, keep: boolean): Tensor {
    const side = this.#shortcut === null ? dy.clone() : this.#shortcut.backward(p, dy.clone(), scope, into, keep);
    return this.#branch.backwardOnto(p, dy, scope, into, keep, side);
  }

  jvp(p: Params, xdot: Tensor | null, pdot: Params, scope: Scope): Tensor {
    const side = this.#sideTangent(p, xdot?.clone() ?? null, pdot, scope);
    if (side === null) return this.#branch.jvp(p, xdot, pdot, scope);
    return this.#branch.jvpOnto(p, xdot, pdot, scope, side);
  }

  /** Null where it is zero: a shortcut without parameters cannot say so in a shape. */
  #sideTangent(p: Params, xdot: Tensor | null, pdot: Params, scope: Scope): Tensor | null {
    if (this.#shortcut === null || (xdot === null && this.#shortcut.params.length === 0)) return xdot;
    return this.#shortcut.jvp(p, xdot, pdot, scope);
  }
}
