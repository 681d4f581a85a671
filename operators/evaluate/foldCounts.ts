import { countsBelow } from '../maths/countsBelow.ts';
import { folds } from '../maths/folds.ts';
import type { PairScores } from './pairScores.ts';

/** Distances of one fold by kind. */
export interface Fold {
  genuine: Float64Array;
  impostors: Float64Array;
}

/** How many pairs there are and how many of them are accepted (distance strictly below), per threshold. */
export interface AcceptCounts {
  genuine: number;
  impostors: number;
  genuineAccepted: Int32Array;
  impostorsAccepted: Int32Array;
}

/** Accept counts of some pairs at ascending thresholds. */
export function acceptCounts(fold: Fold, thresholds: ArrayLike<number>): AcceptCounts {
  return {
    genuine: fold.genuine.length,
    impostors: fold.impostors.length,
    genuineAccepted: countsBelow(fold.genuine, thresholds),
    impostorsAccepted: countsBelow(fold.impostors, thresholds),
  };
}

/** Every fold, with the accept counts of all pairs outside it: those that choose its threshold. */
export function foldCounts(
  { distances, same, folds: k }: PairScores,
  thresholds: ArrayLike<number>,
): { inside: Fold; outside: AcceptCounts }[] {
  const inside = folds(distances.length, k).map(([from, to]): Fold => {
    const kind = (wanted: 0 | 1): Float64Array =>
      distances.subarray(from, to).filter((_, i) => same[from + i] === wanted);
    return { genuine: kind(1), impostors: kind(0) };
  });
  const counts = inside.map((fold) => acceptCounts(fold, thresholds));
  const all = counts.reduce((sum, fold) => combine(sum, fold, 1));
  return inside.map((fold, i) => ({ inside: fold, outside: combine(all, counts[i]!, -1) }));
}

function combine(a: AcceptCounts, b: AcceptCounts, sign: 1 | -1): AcceptCounts {
  return {
    genuine: a.genuine + sign * b.genuine,
    impostors: a.impostors + sign * b.impostors,
    genuineAccepted: a.genuineAccepted.map((count, i) => count + sign * b.genuineAccepted[i]!),
    impostorsAccepted: a.impostorsAccepted.map((count, i) => count + sign * b.impostorsAccepted[i]!),
  };
}
