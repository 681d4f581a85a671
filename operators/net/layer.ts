import type { Tensor } from '@tensorflow/tfjs-core';

/** Parameters and running statistics by name, in this project's layouts: conv HWIO, linear [in, out], vectors [C]. */
export type Params = Readonly<Record<string, Tensor>>;
/** Gradients by parameter name; the receiver owns the tensors. */
export type Grads = Record<string, Tensor>;

export interface ParamSpec {
  /** As in the AdaFace repository, e.g. 'body.0.res_layer.1.weight'. */
  name: string;
  /** In our layout. */
  shape: number[];
  /** How the array is turned into PyTorch's: OIHW, [out, in] over C,H,W (of a map [h, w, c]), or as it is. */
  layout: { kind: 'conv' } | { kind: 'linear'; map: readonly [number, number, number] } | { kind: 'vector' };
  /** 'statistic' is a running mean or variance: never a gradient, never decayed. */
  role: 'weight' | 'bias' | 'norm' | 'prelu' | 'statistic';
  init: { kind: 'constant'; value: number } | { kind: 'kaimingFanOut'; fanOut: number };
}

export interface Mode {
  /** Batch statistics and dropout; else running statistics. */
  train: boolean;
  /** Put new running statistics into the scope (`scope.statistics`); the step swaps them in after its update. */
  updateStats: boolean;
  /** Iteration: keys the dropout masks together with `seed` and the layer's name. */
  step: number;
  seed: number;
}

/**
 * A piece of a network with its derivative both ways, over explicit parameters.
 *
 * Ownership: a layer owns the `x`, `dy` or `xdot` it is given: it keeps it in the scope or disposes it. The caller owns what it returns.
 * Parameters and tangents of parameters stay the caller's. No tidy is needed; a scope disposes what is left in it.
 */
export interface Layer {
  readonly params: readonly ParamSpec[];
  /** Shape [h, w, c] or [c] out for a shape in; throws ShapeError. */
  outShape(inShape: readonly number[]): number[];
  forward(p: Params, x: Tensor, mode: Mode, scope: Scope): Tensor;
  /** Gradient by x. Adds parameter gradients to `into` (null: only dx is wanted). `keep`: the scope will be walked again. */
  backward(p: Params, dy: Tensor, scope: Scope, into: Grads | null, keep: boolean): Tensor;
  /** forward(x) + addend, which is consumed, where it costs no pass of its own. */
  forwardOnto?(p: Params, x: Tensor, mode: Mode, scope: Scope, addend: Tensor): Tensor;
  /** backward(dy) + addend, which is consumed, where it costs no pass of its own. */
  backwardOnto?(p: Params, dy: Tensor, scope: Scope, into: Grads | null, keep: boolean, addend: Tensor): Tensor;
  /** As backward where nobody wants dx: for what a network begins with. Layers without it compute dx in vain. */
  backwardParams?(p: Params, dy: Tensor, scope: Scope, into: Grads | null, keep: boolean): void;
  /** Tangent of the output for a tangent of x (null: zero, for layers with parameters) and of parameters (missing names: zero), at the point kept in the scope. */
  jvp(p: Params, xdot: Tensor | null, pdot: Params, scope: Scope): Tensor;
  /** jvp(xdot) + addend, which is consumed, where it costs no pass of its own. */
  jvpOnto?(p: Params, xdot: Tensor | null, pdot: Params, scope: Scope, addend: Tensor): Tensor;
}

/** What one forward keeps for its backward and jvp. */
export interface Scope {
  /** False in a scope that keeps nothing (inference). */
  readonly keeps: boolean;
  /** New running statistics by parameter name, when the mode said updateStats. The step takes them out. */
  readonly statistics: Record<string, Tensor>;
  /** Keeps tensors under a layer's own key; where the scope keeps nothing it disposes them. */
  save(owner: Layer, tensors: Record<string, Tensor>): void;
  /** What `owner` saved. */
  read(owner: Layer): Record<string, Tensor>;
  /** Disposes what `owner` saved. */
  free(owner: Layer): void;
  /** Disposes everything left, statistics included. */
  dispose(): void;
}
