import type { Scalar, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import type { StateMap } from '../../pipeline/contracts.ts';

/** What a margin sees of a batch. All tensors belong to the caller. */
export interface MarginInput {
  /** [B] cosine to the own centre, clamped to +-(1 - clamp); for 'product' the plain inner product. */
  cosTarget: Tensor1D;
  /** [B, C] all cosines, clamped alike; only for margins that need 'all'. */
  cos?: Tensor2D;
  /** [B] lengths of the embeddings before normalisation. */
  norms: Tensor1D;
  /** [B] int32: columns of `cos`. Where a sample of the classes takes part, `cos` has theirs alone and these are places among them. */
  labels: Tensor1D;
  /** [B] probability of the own class without a margin, where `quality: 'probability'` asks for it. */
  probability?: Tensor1D;
  /** [B] quality column of the data, where `quality` names one. */
  quality?: Tensor1D;
}

/** The bent target; all tensors belong to the receiver. Logits are scale x (target at the own class, cos elsewhere). */
export interface MarginOutput {
  /** [B] in cosine units, before the scale. */
  target: Tensor1D;
  /** [B] d target / d cosTarget, as the gradient mode wants it. */
  slope: Tensor1D;
  /**
   * For margins that bend the other classes too, all [B, C]: `logits` in cosine units before the scale,
   * `slopes` = d logit / d its own cosine, `dTarget` = d logit / d cosTarget, absent where it is 0 everywhere. The own class's
   * column is ignored in `logits` and `slopes` and must be zero in `dTarget`.
   */
  negatives?: { logits: Tensor2D; slopes: Tensor2D; dTarget?: Tensor2D };
  /** [B] d target / d norm, for margins whose gradient reaches the norm (MagFace). */
  dNorm?: Tensor1D;
  /** [B] what each sample's cross entropy counts in the mean, a constant; absent where all count 1. */
  weight?: Tensor1D;
  /** Added to the mean loss, with its gradient [B] by the norms. */
  extraLoss?: { value: Scalar; dNorm: Tensor1D };
}

/** How the own class's gradient passes a margin: through the formula, or as if the margin were a constant. */
export type GradientMode = 'exact' | 'straightThrough';

/** What tells AdaFace how good an image is: the embedding's length, the own class's probability, or a column of the data. */
export type Quality = 'norm' | 'probability' | { column: string };

/** A margin: a formula for the target cosine and its slope. */
export interface Margin {
  readonly name: string;
  /** Which cosines `apply` needs. */
  readonly needs: 'target' | 'all';
  /** 'cosine': both sides normalised, scale s. 'product': plain inner products (softmax). */
  readonly logits: 'cosine' | 'product';
  /** Scale s of all logits; 1 for 'product'. */
  readonly scale: number;
  /** How far a logit falls for one unit of margin: 1 for margins in logit units; absent where it is the scale, in cosine units. */
  readonly marginScale?: number;
  /** Cosines are clamped to +-(1 - clamp); no gradient passes where the clamp holds. 0 for 'product'. */
  readonly clamp: number;
  readonly quality?: Quality;
  apply(input: MarginInput): MarginOutput;
  /** Running statistics and the like; part of the checkpoint. */
  readonly state?: { save(): StateMap; load(state: StateMap): void; dispose(): void };
}
