import { OptionError } from '../../pipeline/errors.ts';

/** Receiver operating characteristic: what is accepted as the threshold falls. Starts at (0, 0), ends at (1, 1). */
export interface Roc {
  /** Accepted share of the impostor scores (FAR), ascending. */
  far: Float64Array;
  /** Accepted share of the genuine scores (TAR), ascending. */
  tar: Float64Array;
  /** Scores at or above it are accepted; the first is Infinity. Equal scores make one point. */
  thresholds: Float64Array;
}

/**
 * The ROC curve of similarity scores: one point per distinct score, none dropped.
 *
 * @example
 * roc([0.9, 0.8, 0.3], [1, 0, 1]); // far [0, 0, 1, 1], tar [0, 0.5, 0.5, 1]
 *
 * @param scores the higher the more alike; finite
 * @param genuine 1 where both sides are the same person, else 0; both kinds must occur
 * @throws OptionError if one kind is missing, lengths differ or a score is NaN
 */
export function roc(scores: ArrayLike<number>, genuine: ArrayLike<number>): Roc {
  const n = scores.length;
  if (genuine.length !== n) throw new OptionError('roc', 'genuine', `one entry per score (${n})`, genuine.length);
  const order = Uint32Array.from({ length: n }, (_, i) => i).toSorted((a, b) => scores[b]! - scores[a]!);
  let positives = 0;
  for (let i = 0; i < n; i++) {
    if (Number.isNaN(scores[i]!)) throw new OptionError('roc', `scores[${i}]`, 'a number', scores[i]);
    if (genuine[i]) positives++;
  }
  const negatives = n - positives;
  if (!positives || !negatives) {
    throw new OptionError('roc', 'genuine', 'of both kinds', `${positives} genuine and ${negatives} impostor scores`);
  }
  const far = [0];
  const tar = [0];
  const thresholds = [Infinity];
  let accepted = 0;
  for (let i = 0; i < n; i++) {
    const score = scores[order[i]!]!;
    if (genuine[order[i]!]) accepted++;
    if (i + 1 < n && scores[order[i + 1]!] === score) continue;
    far.push((i + 1 - accepted) / negatives);
    tar.push(accepted / positives);
    thresholds.push(score);
  }
  return { far: Float64Array.from(far), tar: Float64Array.from(tar), thresholds: Float64Array.from(thresholds) };
}
