import type { Scalar, Tensor1D } from '@tensorflow/tfjs-core';
import type { BentHead } from '../margins/bentHead.ts';
import type { Margin } from '../margins/margin.ts';

/** What a rule sees of an iteration. All [B]. */
export interface MetaSlopes {
  /** dLmeta / dw_j: slope of the meta loss by what each sample's loss counts in the mean. */
  dWeight: Tensor1D;
  bent: Pick<BentHead, 'losses' | 'probability' | 'margin' | 'weight'>;
  margin: Margin;
}

/** What came of it. All tensors belong to the receiver. */
export interface MetaOutcome {
  /** [B] what each sample's gradient counts in the mean of the real step. */
  weight: Tensor1D;
  /** [B] each sample's loss as the real step takes it. */
  loss: Tensor1D;
  /** [B] what was learned: added to the margin in its units, or to the weight. */
  residual: Tensor1D;
  /** [B] margin as the real step takes it, in cosine units. */
  margin: Tensor1D;
  /** [B] P of its class as the real step takes it. */
  probability: Tensor1D;
  /** First-order change of the meta loss that the residuals promise. */
  predicted: Scalar;
  /** [B] what one variation's part of the slopes has in `residual`, before clamps; absent where the rule is not linear in them. */
  partOf?(dWeight: Tensor1D): Tensor1D;
}

/** How slopes of the meta loss become what each sample counts. */
export interface MetaRule {
  readonly name: string;
  /** True where samples count nothing before the rule has spoken, so that there is no pseudo step to take. */
  readonly fromNothing?: boolean;
  apply(slopes: MetaSlopes): MetaOutcome;
}
