import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import type { Margin } from '../../operators/margins/margin.ts';

export interface MarginCase {
  /** A fresh margin of scale at most 16, its state at its start. */
  make: () => Margin;
  /**
   * The bent target in stock ops, by cosines and norms [B], as the exact gradient sees it: what the margin takes as constant is
   * computed from their numbers, read out.
   */
  formula: (cosTarget: Tensor1D, norms: Tensor1D) => Tensor1D;
  /** For a margin that needs 'all': every cosine [B, C] bent as the other classes' are, likewise. */
  others?: (cos: Tensor2D, cosTarget: Tensor1D) => Tensor2D;
  /** What each sample of the contract's batch (classes 2, 0, 4, 1, 1) counts in the mean. Default: all 1. */
  weight?: readonly number[];
  /** What is added to the mean loss. */
  extraLoss?: (norms: Tensor1D) => Scalar;
  /** Whether the gradient goes through the norms. Default: what the margin reads of them counts as constant. */
  throughNorms?: boolean;
  /** A released straight-through gradient: this slope everywhere, whatever the formula's. */
  straightThrough?: number;
}

export interface Head {
  /** [B, D]. */
  embedding: Tensor2D;
  /** [D, C]. */
  kernel: Tensor2D;
  labels: Int32Array;
}

/**
 * Makes sure of autodiff, the oracle here; the library itself uses none. The native engine brings it. Loaded by itself it is
 * no module for Node: vitest has to transform it.
 */
export async function loadAutodiff(): Promise<void> {
  if (!tf.getGradient('Acos')) await import('@tensorflow/tfjs-core/dist/register_all_gradients.js');
}

/** The loss of a head with this margin and its gradients by embedding and kernel, from the formulas and autodiff alone. */
export function oracleGradients(
  margin: Margin,
  of: Omit<MarginCase, 'make'>,
  { embedding, kernel, labels }: Head,
): { loss: Float32Array; dEmbedding: Float32Array; dKernel: Float32Array } {
  return tf.tidy(() => {
    const loss = (e: Tensor, k: Tensor): Scalar =>
      lossOf(margin, of, { embedding: e as Tensor2D, kernel: k as Tensor2D, labels });
    const { value, grads } = tf.valueAndGrads(loss)([embedding, kernel]);
    const [loss_, dEmbedding, dKernel] = [value, ...grads].map((x) => x.dataSync<'float32'>());
    return { loss: loss_!, dEmbedding: dEmbedding!, dKernel: dKernel! };
  });
}

function lossOf(margin: Margin, of: Omit<MarginCase, 'make'>, { embedding, kernel, labels }: Head): Scalar {
  const norms: Tensor1D = tf.sqrt(tf.sum(tf.square(embedding), 1));
  const unit = tf.div(embedding, tf.expandDims(norms, 1));
  const cosine: Tensor2D =
    margin.logits === 'product'
      ? tf.matMul(embedding, kernel)
      : tf.matMul(unit as Tensor2D, tf.div(kernel, tf.sqrt(tf.sum(tf.square(kernel), 0, true))));
  const limit = 1 - margin.clamp;
  const cos = margin.clamp > 0 ? tf.clipByValue(cosine, -limit, limit) : cosine;
  const own = ownOf(labels, kernel.shape[1]);
  const cosTarget: Tensor1D = tf.sum(tf.mul(cos, own), 1);

  const target = throughFormula(of, cosTarget, norms);
  const others = of.others ? of.others(cos, cosTarget) : cos;
  const bent = tf.add(tf.mul(others, tf.sub(1, own)), tf.mul(own, tf.expandDims(target, 1)));
  const losses = tf.neg(tf.sum(tf.mul(tf.logSoftmax(tf.mul(bent, margin.scale)), own), 1));
  const entropy: Scalar = tf.mean(of.weight ? tf.mul(losses, tf.tensor1d([...of.weight])) : losses);
  return of.extraLoss ? tf.add(entropy, of.extraLoss(norms)) : entropy;
}

function throughFormula({ formula, straightThrough }: Omit<MarginCase, 'make'>, c: Tensor1D, norms: Tensor1D) {
  const exact = formula(c, norms);
  if (straightThrough === undefined) return exact;
  const straight: Tensor1D = tf.mul(c, straightThrough);
  return tf.add(straight, tf.tensor1d(tf.sub(exact, straight).dataSync())) as Tensor1D;
}

/** [B, C], 1 at the own class of each row. */
export function ownOf(labels: Int32Array, classes: number): Tensor2D {
  return tf.cast(tf.oneHot(tf.tensor1d(labels, 'int32'), classes), 'float32') as Tensor2D;
}
