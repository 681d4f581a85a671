import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import type { StateMap } from '../../pipeline/contracts.ts';

/** What a margin sees of a batch. All tensors belong to the caller. */
export interface MarginInput {
  /** [B] cosine to the own centre, clamped to +-(1 - clamp). */
  cosTarget: Tensor1D;
  /** [B, C] all cosines, only for margins that need 'all'. */
  cos?: Tensor2D;
  /** [B] lengths of the embeddings before normalisation. */
  norms: Tensor1D;
  /** [B] int32. */
  labels: Tensor1D;
  /** [B] probability of the own class without a margin, where `quality: 'probability'` asks for it. */
  probability?: Tensor1D;
  /** [B] quality column of the data, where `quality` names one. */
  quality?: Tensor1D;
  /** [B] additive residual in cosine units (MvCoM). */
  residual?: Tensor1D;
}

/** The bent target; all tensors belong to the receiver. Logits are scale x (target at the own class, cos elsewhere). */
export interface MarginOutput {
  /** [B] in cosine units, before the scale. */
  target: Tensor1D;
  /** [B] d target / d cosTarget, as the gradient mode wants it. */
  slope: Tensor1D;
  negatives?: { logits: Tensor2D; slopes: Tensor2D; dTarget: Tensor2D };
  /** [B] d target / d norm, for margins whose gradient reaches the norm (MagFace). */
  dNorm?: Tensor1D;
  /** Scalar added to the mean loss, with its gradient by the norms in `dNorm`. */
  extraLoss?: { value: Tensor1D; dNorm: Tensor1D };
}

/** A margin: a formula for the target cosine and its slope. */
export interface Margin {
  readonly name: string;
  /** Which cosines `apply` needs. */
  readonly needs: 'target' | 'all';
  /** 'cosine': both sides normalised, scale s. 'product': plain inner products (softmax). */
  readonly logits: 'cosine' | 'product';
  /** Scale s of all logits; 1 for 'product'. */
  readonly scale: number;
  /** Cosines are clamped to +-(1 - clamp). */
  readonly clamp: number;
  readonly quality?: 'norm' | 'probability' | { column: string };
  apply(input: MarginInput): MarginOutput;
  /** Running statistics and the like; part of the checkpoint. */
  readonly state?: { save(): StateMap; load(state: StateMap): void; dispose(): void };
}
