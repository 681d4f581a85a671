import { expect, it } from 'vitest';
import { accuracyByFolds } from '../../../operators/evaluate/accuracyByFolds.ts';
import { pairWeights } from '../../../operators/evaluate/bootstrapPairs.ts';
import { weightedAccuracy } from '../../../operators/evaluate/weightedAccuracy.ts';
import { DRAWS, expected, weighedPairs } from '../../fixtures/weighedPairs.ts';

const scores = weighedPairs();
const accuracyOf = weightedAccuracy(scores);

it('agrees with tests/fixtures/bootstrap.py, which repeats the pairs', () => {
  DRAWS.forEach((counts, i) =>
    expect(accuracyOf(pairWeights(scores.people, counts))).toBeCloseTo(expected.figures[i]!.accuracy, 12),
  );
});

it('is the accuracy by folds where every pair counts once', () => {
  expect(accuracyOf(new Float64Array(403).fill(1))).toBeCloseTo(accuracyByFolds(scores).mean, 12);
});

it('leaves out a fold of which no pair came', () => {
  const weights = new Float64Array(403).fill(1).fill(0, 0, 41);
  const rest = { ...scores, distances: scores.distances.subarray(41), same: scores.same.subarray(41), folds: 9 };
  expect(accuracyOf(weights)).toBeCloseTo(accuracyByFolds(rest).mean, 12);
});
