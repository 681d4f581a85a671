import { bootstrapPairs, type BootstrapOptions, type Interval } from './bootstrapPairs.ts';
import type { PairScores } from './pairScores.ts';
import { rankPairs, readRanked } from './rankedPairs.ts';
import { weightedAccuracy } from './weightedAccuracy.ts';

/** 95 % intervals of the figures of a pair protocol; fractions. */
export interface PairIntervals {
  /** Of the mean over folds, each resample with thresholds of its own. */
  accuracy: Interval;
  /** Of TAR at each FAR asked for. */
  tar: Interval[];
  auc: Interval;
}

/**
 * 95 % intervals of accuracy by folds, TAR at FARs and AUC, by a bootstrap over the people of a protocol.
 *
 * In plain words: how much of a difference between two models other people might undo.
 *
 * ```ts
 * console.log(pairIntervals(scores, [0.5]).auc); // [low, high]
 * ```
 *
 * @param fars ascending
 * @throws OptionError for too few resamples
 */
export function pairIntervals(
  scores: PairScores,
  fars: readonly number[],
  options: BootstrapOptions = {},
): PairIntervals {
  const ranked = rankPairs(scores);
  const accuracyOf = weightedAccuracy(scores);
  const read = (weights: Float64Array): number[] => {
    const { tars, auc } = readRanked(ranked, weights, fars);
    return [accuracyOf(weights), auc, ...tars];
  };
  const [accuracy, auc, ...tar] = bootstrapPairs(scores, read, options) as [Interval, Interval, ...Interval[]];
  return { accuracy, auc, tar };
}
