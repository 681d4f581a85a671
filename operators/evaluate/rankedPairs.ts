import type { PairScores } from './pairScores.ts';

/** Pairs from the most to the least alike. */
export interface RankedPairs {
  /** [pairs] cosine similarity, descending. */
  similarities: Float64Array;
  /** [pairs] 1 where it is a pair of one person. */
  same: Uint8Array;
  /** [pairs] number of the pair in the protocol. */
  order: Uint32Array;
}

/** What a ROC curve of weighted pairs says; rates are fractions, NaN where a kind has no weight. */
export interface RankedFigures {
  /** TAR at each FAR asked for, which is not exceeded. */
  tars: number[];
  /** Cosine from which on pairs are accepted there; the highest of all where none may be. */
  thresholds: number[];
  auc: number;
}

/** Sorts the pairs of a protocol once, to read many weighted curves off them. */
export function rankPairs({ distances, same }: Pick<PairScores, 'distances' | 'same'>): RankedPairs {
  const order = Uint32Array.from(distances.keys()).toSorted((a, b) => distances[a]! - distances[b]!);
  return {
    order,
    // Of unit vectors the squared distance is 2 - 2 cos.
    similarities: Float64Array.from(order, (pair) => 1 - distances[pair]! / 2),
    same: Uint8Array.from(order, (pair) => same[pair]!),
  };
}

/**
 * Reads TAR at FARs and the area under the curve of pairs that count with weights, in one walk. Pairs of equal similarity make one
 * point of the curve.
 *
 * @param weights [pairs] by their number in the protocol; whole numbers, so that sums are exact
 * @param fars ascending
 */
export function readRanked(
  { similarities, same, order }: RankedPairs,
  weights: Float64Array,
  fars: readonly number[],
): RankedFigures {
  const total = [0, 0];
  for (let i = 0; i < order.length; i++) total[same[i]!]! += weights[order[i]!]!;
  const [impostors, genuine] = total as [number, number];
  const tars = fars.map(() => (genuine * impostors > 0 ? 0 : NaN));
  const thresholds = fars.map(() => (impostors > 0 ? similarities[0]! : NaN));
  let [passed, accepted, area, next] = [0, 0, 0, 0];
  for (let i = 0; i < order.length;) {
    const score = similarities[i]!;
    const [passedBefore, acceptedBefore] = [passed, accepted];
    for (; i < order.length && similarities[i] === score; i++) {
      if (same[i]) accepted += weights[order[i]!]!;
      else passed += weights[order[i]!]!;
    }
    area += ((passed - passedBefore) * (accepted + acceptedBefore)) / 2;
    // FARs that this point exceeds are done with; the others take it.
    while (next < fars.length && passed > fars[next]! * impostors) next++;
    for (let k = next; k < fars.length; k++) {
      tars[k] = accepted / genuine;
      thresholds[k] = score;
    }
  }
  return { tars, thresholds, auc: area / (genuine * impostors) };
}
