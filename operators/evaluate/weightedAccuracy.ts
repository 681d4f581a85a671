import { folds } from '../maths/folds.ts';
import { SQUARED } from './accuracyByFolds.ts';
import type { PairScores } from './pairScores.ts';

/**
 * Accuracy by folds of pairs that count with weights: as `accuracyByFolds` has it where all weights are 1.
 *
 * In plain words: what the protocol would have said had some pairs come several times and others not at all, each in its own fold.
 *
 * @return a function of [pairs] weights, whole numbers; folds that have none are left out of the mean
 */
export function weightedAccuracy({ distances, same, folds: k }: PairScores): (weights: Float64Array) => number {
  const places = SQUARED.length + 1;
  // The first threshold that accepts each pair; behind the last one for those that none does.
  const bins = Uint16Array.from(distances, (distance) => {
    const bin = SQUARED.findIndex((threshold) => distance < threshold);
    return bin < 0 ? SQUARED.length : bin;
  });
  const bounds = folds(distances.length, k);
  return (weights) => {
    // Right decisions at threshold i: all impostors, and from a pair's bin on one more or one fewer for it.
    const right = bounds.map(([from, to]) => {
      const steps = new Float64Array(places);
      let [impostors, total] = [0, 0];
      for (let pair = from; pair < to; pair++) {
        const weight = weights[pair]!;
        total += weight;
        if (!same[pair]) impostors += weight;
        steps[bins[pair]!]! += same[pair] ? weight : -weight;
      }
      let sum = impostors;
      return { counts: Float64Array.from(SQUARED, (_, i) => (sum += steps[i]!)), total };
    });
    const all = Float64Array.from(SQUARED, (_, i) => right.reduce((sum, { counts }) => sum + counts[i]!, 0));
    const known = right.filter(({ total }) => total > 0);
    const shares = known.map(({ counts, total }) => {
      let best = 0;
      for (let i = 1; i < all.length; i++) if (all[i]! - counts[i]! > all[best]! - counts[best]!) best = i;
      return counts[best]! / total;
    });
    return shares.reduce((sum, share) => sum + share, 0) / shares.length;
  };
}
