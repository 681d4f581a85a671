import type { Scalar, Tensor2D } from '@tensorflow/tfjs-core';
import type { Factor } from '../../pipeline/items.ts';
import type { VariationClassifier } from './classifier.ts';

/**
 * One step of each classifier on the embeddings of a batch, which are constants here (MvCoM, Eq 8). A classifier whose
 * variation nobody in the batch has a label for stays as it is.
 *
 * @param embeddings [N, d] un-normalised
 * @param variation N labels by factor, -1 for none, as a batch has them
 * @return loss by factor, of those that learned; the tensors are the caller's
 */
export function teach(
  classifiers: readonly VariationClassifier[],
  embeddings: Tensor2D,
  variation: Readonly<Record<Factor, Int32Array>>,
  learningRate?: number,
): Partial<Record<Factor, Scalar>> {
  const losses: Partial<Record<Factor, Scalar>> = {};
  for (const classifier of classifiers) {
    const loss = classifier.update(embeddings, variation[classifier.factor], learningRate);
    if (loss !== undefined) losses[classifier.factor] = loss;
  }
  return losses;
}
