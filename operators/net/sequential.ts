import type { Tensor } from '@tensorflow/tfjs-core';
import type { Grads, Layer, Mode, Params, ParamSpec, Scope } from './layer.ts';

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
}
