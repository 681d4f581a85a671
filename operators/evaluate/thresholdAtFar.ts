import { OptionError } from '../../pipeline/errors.ts';
import { wilson } from '../maths/wilson.ts';
import { bootstrapPairs, type BootstrapOptions, type Interval } from './bootstrapPairs.ts';
import type { PairScores } from './pairScores.ts';
import { rankPairs, readRanked } from './rankedPairs.ts';

/** A threshold, what it stands for, and how sure that is. Rates are fractions. */
export interface ThresholdAtFar {
  /** Set it was measured on. */
  on: string;
  /** Share of strangers that may pass. */
  wanted: number;
  /** Cosine similarity at or above which two faces are said to be of one person. */
  threshold: number;
  /** Share of the set's strangers at or above it, and of its pairs of one person. */
  far: number;
  tar: number;
  /** 95 % intervals: of the FAR and TAR of this threshold, and of the threshold that the wanted FAR asks for. */
  interval: { threshold: Interval; far: Interval; tar: Interval };
  /** Pairs of two people, and of one. */
  strangers: number;
  genuine: number;
  /** What was drawn anew for the intervals: people, or pairs where the people are not known. */
  over: 'people' | 'pairs';
}

/**
 * The lowest threshold at which no more than `far` of a protocol's strangers pass, with intervals by a bootstrap over people.
 *
 * In plain words: where to draw the line so that one stranger in a thousand gets through, and how far off that line, and that
 * one in a thousand, may be for other people than those of the set.
 *
 * Where no stranger passes no resample has one that does: the interval of the FAR is then Wilson's.
 *
 * ```ts
 * const { threshold, interval } = thresholdAtFar(scores, 0.5);
 * console.log(threshold, interval.far);
 * ```
 *
 * @param far in (0, 1]
 * @throws OptionError where the set has too few strangers to know, or no pair of one person
 */
export function thresholdAtFar(scores: PairScores, far: number, options: BootstrapOptions = {}): ThresholdAtFar {
  const { protocol, same, people } = scores;
  const genuine = same.reduce((sum, kind) => sum + kind, 0);
  const strangers = same.length - genuine;
  if (!(far * strangers >= 1 && far <= 1)) {
    const expected = `from ${1 / strangers}, one of the ${strangers} strangers of ${protocol}, to 1`;
    throw new OptionError('thresholdAtFar', 'far', expected, far);
  }
  if (genuine === 0) throw new OptionError('thresholdAtFar', 'scores', 'of both kinds', `${strangers} of two people`);
  const ranked = rankPairs(scores);
  const all = new Float64Array(same.length).fill(1);
  const threshold = readRanked(ranked, all, [far]).thresholds[0]!;
  const accepted = ranked.similarities.findLastIndex((similarity) => similarity >= threshold) + 1;
  /** Shares accepted at the threshold: of strangers, of pairs of one person. */
  const rates = (weights: Float64Array): [number, number] => {
    const [passed, total] = [new Float64Array(2), new Float64Array(2)];
    ranked.order.forEach((pair, i) => {
      const kind = ranked.same[i]!;
      total[kind]! += weights[pair]!;
      if (i < accepted) passed[kind]! += weights[pair]!;
    });
    return [passed[0]! / total[0]!, passed[1]! / total[1]!];
  };
  const [met, tar] = rates(all);
  const [ofFar, ofTar, ofThreshold] = bootstrapPairs(
    scores,
    (weights) => [...rates(weights), readRanked(ranked, weights, [far]).thresholds[0]!],
    options,
  ) as [Interval, Interval, Interval];
  return {
    on: protocol,
    wanted: far,
    threshold,
    far: met,
    tar,
    interval: { threshold: ofThreshold, far: met === 0 ? wilson(0, strangers) : ofFar, tar: ofTar },
    strangers,
    genuine,
    over: people === undefined ? 'pairs' : 'people',
  };
}
