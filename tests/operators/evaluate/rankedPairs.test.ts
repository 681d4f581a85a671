import { describe, expect, it } from 'vitest';
import { pairWeights } from '../../../operators/evaluate/bootstrapPairs.ts';
import { rankPairs, readRanked } from '../../../operators/evaluate/rankedPairs.ts';
import { DRAWS, expected, FARS, weighedPairs } from '../../fixtures/weighedPairs.ts';

describe('rankedPairs', () => {
  const scores = weighedPairs();
  const ranked = rankPairs(scores);

  it.each(DRAWS.map((counts, i) => ({ i, counts })))(
    'reads the curve of pairs that come several times as tests/fixtures/bootstrap.py does, draw $i',
    ({ i, counts }) => {
      const { tars, thresholds, auc } = readRanked(ranked, pairWeights(scores.people, counts), FARS);
      const wanted = expected.figures[i]!;
      expect(auc).toBeCloseTo(wanted.auc, 12);
      tars.forEach((tar, k) => expect(tar).toBeCloseTo(wanted.tars[k]!, 12));
      // Pairs without weight are points too, between those that count.
      expect(thresholds.map((threshold, k) => threshold <= wanted.thresholds[k]! + 1e-12)).toEqual([true, true, true]);
    },
  );

  it('finds the thresholds of the pairs as they are', () => {
    const { thresholds } = readRanked(ranked, new Float64Array(403).fill(1), FARS);
    thresholds.forEach((threshold, k) => expect(threshold).toBeCloseTo(expected.figures[0]!.thresholds[k]!, 12));
  });

  it('knows that it knows nothing of a kind without weight', () => {
    const weights = Float64Array.from(scores.same, (same) => 1 - same);
    const { tars, auc } = readRanked(ranked, weights, [0.1]);
    expect([tars[0], auc]).toEqual([NaN, NaN]);
  });
});
