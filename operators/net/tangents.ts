import type { Tensor } from '@tensorflow/tfjs-core';
import { add } from './kernels/add.ts';
import type { Grads } from './layer.ts';

/** Sum of two tensors, both consumed; a missing one is zero. */
export function sumOf(a: Tensor, b: Tensor | null): Tensor;
export function sumOf(a: Tensor | null, b: Tensor | null): Tensor | null;
export function sumOf(a: Tensor | null, b: Tensor | null): Tensor | null {
  if (a === null || b === null) return a ?? b;
  const total = add(a, b);
  a.dispose();
  b.dispose();
  return total;
}

/** Adds a gradient, which is consumed, to what `into` holds under its name: micro-batches accumulate. */
export function accumulate(into: Grads, name: string, gradient: Tensor): void {
  into[name] = sumOf(gradient, into[name] ?? null);
}

/** The tangent of x that a layer without parameters must be given: of nothing it has no shape to answer in. */
export function given(xdot: Tensor | null, layer: string): Tensor {
  if (xdot === null) throw new Error(`${layer}: jvp without a tangent of x`);
  return xdot;
}
