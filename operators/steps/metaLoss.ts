import { addN, mul, type Scalar, type Tensor2D } from '@tensorflow/tfjs-core';
import type { Factor } from '../../pipeline/items.ts';
import type { VariationClassifier } from '../variation/classifier.ts';

/** One variation's part in a meta loss. */
export interface MetaTerm {
  classifier: VariationClassifier;
  /** M labels, -1 for a sample that is not this variation's. */
  labels: Int32Array;
  /** What its residual counts in the margin (paper, Eq 5): lambda_k. */
  lambda: number;
}

export interface MetaLoss {
  /** sum of lambda_k^2 L_k. */
  loss: Scalar;
  /** L_k, the mean cross entropy over its own samples. */
  losses: Partial<Record<Factor, Scalar>>;
  /** [M, D] gradient of `loss` by the embeddings. */
  dEmbedding: Tensor2D;
}

/**
 * The meta loss of one meta batch: what the classifiers of all its variations get wrong on it. Holds tensors: keep it in a tidy.
 *
 * In plain words: margins share one residual, sum of lambda_k r^k, and each r^k moves with lambda_k times the slope of its own
 * loss. So one loss in which every L_k counts lambda_k squared stands for all of them.
 *
 * @param embedding [M, D] un-normalised, of all variations' samples together
 * @param terms at least one
 */
export function metaLoss(embedding: Tensor2D, terms: readonly MetaTerm[]): MetaLoss {
  const losses: Partial<Record<Factor, Scalar>> = {};
  const parts = terms.map(({ classifier, labels, lambda }) => {
    const { loss, dEmbedding } = classifier.loss(embedding, labels);
    losses[classifier.factor] = loss;
    return { loss: mul(loss, lambda ** 2) as Scalar, dEmbedding: mul(dEmbedding, lambda ** 2) as Tensor2D };
  });
  return {
    loss: addN(parts.map(({ loss }) => loss)),
    losses,
    dEmbedding: addN(parts.map(({ dEmbedding }) => dEmbedding)),
  };
}
