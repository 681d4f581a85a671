import { moments } from '../maths/moments.ts';
import { acceptCounts, foldCounts, type AcceptCounts } from './foldCounts.ts';
import type { PairScores } from './pairScores.ts';

/** 0, 0.01, ... 3.99 as the released evaluation scripts compute them: i x 0.01, not i / 100. */
export const SQUARED = Float64Array.from({ length: 400 }, (_, i) => i * 0.01);

/** Squared distances at every 0.001 of cosine, from 1 down to -1: a grid ten times as fine, for scripts that compare cosines. */
export const EVERY_COSINE = Float64Array.from({ length: 2001 }, (_, i) => 2 - 2 * (1 - i / 1000));

export interface FoldAccuracy {
  /** Mean over folds, fraction. */
  mean: number;
  /** Standard deviation over folds (ddof 0), fraction. */
  std: number;
  /** Mean over folds of the chosen threshold, squared distance. */
  threshold: number;
  /** Accuracy of each fold at the threshold the other folds chose. */
  folds: number[];
}

/**
 * Verification accuracy by folds, as LFW's unrestricted protocol does it.
 *
 * In plain words: nine folds choose the threshold, the tenth is judged by it, ten times over. "Same" is said where the
 * squared distance is strictly below the threshold; of the thresholds the first with the highest accuracy is taken.
 *
 * @param thresholds squared distances, ascending; default 0, 0.01, ... 3.99
 *
 * Source: the evaluation of AdaFace, insightface and CVLface, which share it (scikit-learn's KFold without shuffling).
 *
 * @example
 * accuracyByFolds({
 *   protocol: 'tiny',
 *   distances: Float64Array.of(0.2, 1.8, 0.3, 1.5),
 *   same: Uint8Array.of(1, 0, 1, 0),
 *   folds: 2,
 * }).mean; // 1
 */
export function accuracyByFolds(scores: PairScores, thresholds: Float64Array = SQUARED): FoldAccuracy {
  const chosen: number[] = [];
  const accuracies = foldCounts(scores, thresholds).map(({ inside, outside }) => {
    let best = 0;
    for (let i = 1; i < thresholds.length; i++) if (correct(outside, i) > correct(outside, best)) best = i;
    const threshold = thresholds[best]!;
    chosen.push(threshold);
    return correct(acceptCounts(inside, [threshold]), 0) / (inside.genuine.length + inside.impostors.length);
  });
  return { ...moments(accuracies), threshold: moments(chosen).mean, folds: accuracies };
}

/** Right decisions at threshold i: genuine pairs accepted and impostors refused. */
function correct(counts: AcceptCounts, i: number): number {
  return counts.genuineAccepted[i]! + counts.impostors - counts.impostorsAccepted[i]!;
}
