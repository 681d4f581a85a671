import { auc } from '../maths/auc.ts';
import { roc } from '../maths/roc.ts';
import { tarAtFar } from '../maths/tarAtFar.ts';
import { accuracyByFolds, EVERY_COSINE } from './accuracyByFolds.ts';
import type { PairScores } from './pairScores.ts';
import { validationRate } from './validationRate.ts';

/** The figures of a pair protocol; every rate a fraction in [0, 1]. */
export interface VerificationResult {
  /** By folds; `cosine` is the mean with thresholds at every 0.001 of cosine, where the others are on the released scripts' grid. */
  accuracy: { mean: number; std: number; cosine: number };
  /** VAL at FAR 1e-3; `far` is the rate met. */
  val: { mean: number; std: number; far: number };
  /** TAR over all pairs by the FAR that is not exceeded. */
  tar: { '1e-3': number };
  auc: number;
  /** Mean of the folds' thresholds, squared distance of unit embeddings. */
  threshold: number;
  pairs: number;
}

/**
 * All figures of a verification protocol from its pair distances: accuracy by folds, VAL and TAR at FAR 1e-3, AUC.
 *
 * @throws OptionError if there are fewer pairs than folds, or only one kind of pair
 */
export function verification(scores: PairScores): VerificationResult {
  const { mean, std, threshold } = accuracyByFolds(scores);
  const curve = roc(
    scores.distances.map((distance) => -distance),
    scores.same,
  );
  return {
    accuracy: { mean, std, cosine: accuracyByFolds(scores, EVERY_COSINE).mean },
    val: validationRate(scores, 1e-3),
    tar: { '1e-3': tarAtFar(curve, 1e-3) },
    auc: auc(curve),
    threshold,
    pairs: scores.distances.length,
  };
}
