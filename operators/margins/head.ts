import { tidy } from '@tensorflow/tfjs-core';
import type { Scalar, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { bentHead, meanLoss, rowsOf, type HeadInput } from './bentHead.ts';

export type { HeadInput };

/** All tensors belong to the receiver. */
export interface HeadOutput {
  /** Mean cross entropy, weighted where the margin weighs samples, plus the margin's own term. */
  loss: Scalar;
  /** [B, D] gradient of `loss`. */
  dEmbedding: Tensor2D;
  /** Gradient of `loss`, in the layout of the centres. */
  dKernel: Tensor2D;
  /** [C, 1] for cosines to centres in rows: there the gradient is dKernel - along x kernel. */
  along?: Tensor2D;
  /** [B] lengths of the embeddings. */
  norms: Tensor1D;
  /** [B] cosine to the own centre, clamped. */
  cosine: Tensor1D;
  /** [B] P, the probability of the own class, margin included. */
  probability: Tensor1D;
  /** [B] cosine - target: how far the margin moved it. */
  margin: Tensor1D;
  /** [B] (P - 1) x slope: the AdaFace paper's gradient scaling term (Eq 12) of the own class, before the scale s. */
  gradientScale: Tensor1D;
}

/**
 * The head of a training step: cosines, margin, softmax cross entropy, and the gradients by embeddings and centres.
 *
 * In plain words: how far each face is from where it should be, and in which direction both it and the centres have to move.
 * A margin that needs 'target' works on [B] vectors of the own class alone, which are written back into the [B, C] logits.
 *
 * AdaFace paper, Eq 9 to 12.
 */
export function head(input: HeadInput): HeadOutput {
  return tidy(() => {
    const bent = bentHead(input);
    const rows = rowsOf(bent.weight, input.labels.length);
    const { norms, cosine, probability, margin, gradientScale } = bent;
    return {
      loss: meanLoss(bent),
      dEmbedding: bent.byEmbedding(rows, true),
      dKernel: bent.byKernel(rows),
      ...(bent.along && { along: bent.along(rows) }),
      norms,
      cosine,
      probability,
      margin,
      gradientScale,
    };
  });
}
