import { moments } from '../maths/moments.ts';
import { acceptCounts, foldCounts, type AcceptCounts } from './foldCounts.ts';
import type { PairScores } from './pairScores.ts';

const THRESHOLDS = Float64Array.from({ length: 4000 }, (_, i) => i * 0.001);

export interface ValidationRate {
  /** Mean over folds of the accepted share of genuine pairs, fraction. */
  mean: number;
  /** Standard deviation over folds (ddof 0). */
  std: number;
  /** False accept rate actually met, mean over folds. */
  far: number;
}

/**
 * VAL@FAR: the share of genuine pairs accepted in each fold at the threshold where the other folds reach a false accept rate.
 *
 * In plain words: the threshold is read off the other folds' FAR curve (thresholds 0, 0.001, ... 3.999), linearly between
 * the last point below the wanted rate and the first that reaches it; 0 where they never reach it, so that nothing passes.
 *
 * Source: Schroff et al., FaceNet (2015), section 4; insightface's and CVLface's evaluation.
 *
 * @param far wanted false accept rate in (0, 1]
 */
export function validationRate(scores: PairScores, far: number): ValidationRate {
  const met = foldCounts(scores, THRESHOLDS).map(({ inside, outside }) => {
    const at = acceptCounts(inside, [thresholdAt(outside, far)]);
    return {
      val: share(at.genuineAccepted[0]!, at.genuine),
      far: share(at.impostorsAccepted[0]!, at.impostors),
    };
  });
  return { ...moments(met.map((fold) => fold.val)), far: moments(met.map((fold) => fold.far)).mean };
}

function thresholdAt(counts: AcceptCounts, far: number): number {
  const rate = (i: number): number => share(counts.impostorsAccepted[i]!, counts.impostors);
  const above = THRESHOLDS.findIndex((_, i) => rate(i) >= far);
  if (above < 0) return 0;
  if (above === 0) return THRESHOLDS[0]!;
  const below = above - 1;
  const part = (far - rate(below)) / (rate(above) - rate(below));
  return THRESHOLDS[below]! + part * (THRESHOLDS[above]! - THRESHOLDS[below]!);
}

/** A share of nothing is 0: a fold without genuine pairs accepts none. */
function share(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}
