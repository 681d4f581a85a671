import {
  farsOf,
  pairIntervals,
  rejectCurve,
  scoreCurves,
  thresholdAtFar,
  verification,
  type Interval,
  type PairScores,
  type RejectCurve,
  type RocCurve,
  type ScoreHistogram,
  type ThresholdAtFar,
  type VerificationResult,
} from 'rxface/operators';

/** The figures of a pair protocol and how sure they are. */
export interface PairFigures extends VerificationResult {
  /** 95 % intervals by a bootstrap over `atFar.over`. */
  interval: { accuracy: Interval; tar: { '1e-3': Interval }; auc: Interval };
  /** Where to draw the line, by cosine. */
  atFar: ThresholdAtFar;
  /** Absent where the lengths of the embeddings are not known, or strangers are few. */
  reject?: RejectCurve;
}

/** What the pictures of a pair protocol show; `interval` is of TAR. */
export interface PairCurves {
  roc: RocCurve & { interval: Interval[] };
  histogram: ScoreHistogram;
}

/** The FAR of the field where nobody asks for another. */
const FAR = 1e-3;
/** FMRs of error versus reject: the first that so many strangers can still measure once some are refused. */
const FMRS = [1e-3, 1e-2, 1e-1];
const MOST_REFUSED = 2 / 3;

/**
 * Everything that is said of a pair protocol: figures, their intervals, the threshold of a FAR, error versus reject, and curves.
 *
 * @param far wanted of the threshold. Default 1e-3, or one stranger of all where the set has fewer than a thousand.
 * @throws OptionError for a FAR that the set cannot measure, or one kind of pair
 */
export function pairFigures(scores: PairScores, far?: number): PairFigures & PairCurves {
  const { distances, same, norms } = scores;
  const figures = verification(scores);
  const strangers = same.reduce((sum, kind) => sum + 1 - kind, 0);
  const least = Math.max(FAR, 1 / strangers);
  const fmr = FMRS.find((rate) => rate * strangers * (1 - MOST_REFUSED) >= 1 - 1e-9);
  const fars = farsOf(strangers);
  const all = [...new Set([...fars, FAR])].toSorted((a, b) => a - b);
  const { accuracy, auc, tar } = pairIntervals(scores, all);
  const at = (rate: number): Interval => tar[all.indexOf(rate)]!;
  const kind = (wanted: 0 | 1): Float64Array =>
    distances
      .filter((_, pair) => same[pair] === wanted)
      .map((distance) => 1 - distance / 2)
      .toSorted();
  const { roc, histogram } = scoreCurves({ genuine: kind(1), impostors: kind(0) });
  return {
    ...figures,
    interval: { accuracy, tar: { '1e-3': at(FAR) }, auc },
    atFar: thresholdAtFar(scores, far ?? least),
    ...(norms && fmr && { reject: rejectCurve(scores, fmr) }),
    roc: { ...roc, interval: fars.map(at) },
    histogram,
  };
}
