import type { Tensor } from '@tensorflow/tfjs-core';
import type { Grads, Layer, Mode, Params, ParamSpec, Scope } from './layer.ts';
import { sumOf } from './tangents.ts';

/** Layers one after the other. */
export class Sequential implements Layer {
  readonly params: readonly ParamSpec[];
  readonly layers: readonly Layer[];

  constructor(layers: readonly Layer[]) {
    this.layers = layers;
    this.params = layers.flatMap((layer) => layer.params);
  }

  outShape(inShape: readonly number[]): number[] {
    return this.layers.reduce((shape, layer) => layer.outShape(shape), [...inShape]);
  }

  forward(p: Params, x: Tensor, mode: Mode, scope: Scope): Tensor {
    return this.layers.reduce((value, layer) => layer.forward(p, value, mode, scope), x);
  }

  backward(p: Params, dy: Tensor, scope: Scope, into: Grads | null, keep: boolean): Tensor {
    return this.layers.reduceRight((slope, layer) => layer.backward(p, slope, scope, into, keep), dy);
  }

  forwardOnto(p: Params, x: Tensor, mode: Mode, scope: Scope, addend: Tensor): Tensor {
    const last = this.layers.at(-1);
    const value = this.layers.slice(0, -1).reduce((input, layer) => layer.forward(p, input, mode, scope), x);
    if (last?.forwardOnto) return last.forwardOnto(p, value, mode, scope, addend);
    return sumOf(last?.forward(p, value, mode, scope) ?? value, addend);
  }

  backwardOnto(p: Params, dy: Tensor, scope: Scope, into: Grads | null, keep: boolean, addend: Tensor): Tensor {
    const [first, ...rest] = this.layers;
    const slope = rest.reduceRight((above, layer) => layer.backward(p, above, scope, into, keep), dy);
    if (first?.backwardOnto) return first.backwardOnto(p, slope, scope, into, keep, addend);
    return sumOf(first?.backward(p, slope, scope, into, keep) ?? slope, addend);
  }

  backwardParams(p: Params, dy: Tensor, scope: Scope, into: Grads | null, keep: boolean): void {
    const [first, ...rest] = this.layers;
    const slope = rest.reduceRight((above, layer) => layer.backward(p, above, scope, into, keep), dy);
    if (first?.backwardParams) first.backwardParams(p, slope, scope, into, keep);
    else (first?.backward(p, slope, scope, into, keep) ?? slope).dispose();
  }

  jvp(p: Params, xdot: Tensor | null, pdot: Params, scope: Scope): Tensor {
    let tangent = xdot;
    for (const layer of this.layers) tangent = layer.jvp(p, tangent, pdot, scope);
    if (tangent === null) throw new Error('jvp of no layers has no shape');
    return tangent;
  }

  jvpOnto(p: Params, xdot: Tensor | null, pdot: Params, scope: Scope, addend: Tensor): Tensor {
    const last = this.layers.at(-1);
    let tangent = xdot;
    for (const layer of this.layers.slice(0, -1)) tangent = layer.jvp(p, tangent, pdot, scope);
    if (last?.jvpOnto) return last.jvpOnto(p, tangent, pdot, scope, addend);
    return sumOf(addend, last?.jvp(p, tangent, pdot, scope) ?? tangent);
  }
}
