import { add, concat, div, matMul, mul, split, type Tensor2D } from '@tensorflow/tfjs-core';
import type { VariationClassifier } from './classifier.ts';

/**
 * The logits of many embeddings by several classifiers: one matMul for all of them, and no copy of the embeddings at unit
 * length. Call it in a tidy.
 *
 * @param embeddings [N, d]
 * @param lengths [N, 1] their lengths, above 0
 * @return for each classifier [N, C]
 */
export function allLogits(
  classifiers: readonly VariationClassifier[],
  embeddings: Tensor2D,
  lengths: Tensor2D,
): Tensor2D[] {
  const weights: Tensor2D = concat(
    classifiers.map(({ params }) => params.weight),
    0,
  );
  const products = split(
    matMul(embeddings, weights, false, true),
    classifiers.map(({ classes }) => classes),
    1,
  );
  return classifiers.map(({ features, scale, params }, k) => {
    const scaled = mul(products[k]!, scale);
    return add(features === 'unit' ? div(scaled, lengths) : scaled, params.bias);
  });
}
