import { describe, expect, it } from 'vitest';
import { rejectCurve } from '../../../operators/evaluate/rejectCurve.ts';
import { expected, weighedPairs } from '../../fixtures/weighedPairs.ts';

describe('rejectCurve', () => {
  it('agrees with tests/fixtures/bootstrap.py at both thresholds', () => {
    const found = rejectCurve(weighedPairs(), 0.02);
    const { fnmr, fixed, correlation } = expected.reject;
    expect(found.rejected.map((share) => share.toFixed(2))).toEqual(fnmr.map((_, i) => (i * 0.05).toFixed(2)));
    found.fnmr.forEach((rate, i) => expect(rate).toBeCloseTo(fnmr[i]!, 12));
    found.fnmrFixed.forEach((rate, i) => expect(rate).toBeCloseTo(fixed[i]!, 12));
    expect(found.correlation).toBeCloseTo(correlation, 12);
  });

  it('falls where lengths know which pairs go wrong', () => {
    const scores = weighedPairs();
    const norms = Float32Array.from(
      scores.norms,
      (_, i) => 10 - scores.distances[i >> 1]! * (scores.same[i >> 1] ? 1 : 0),
    );
    const { fnmrFixed, correlation } = rejectCurve({ ...scores, norms }, 0.02);
    expect(fnmrFixed[0]).toBeGreaterThan(fnmrFixed.at(-1)!);
    expect(fnmrFixed.at(-1)).toBe(0);
    expect(correlation).toBeGreaterThan(0.999);
  });

  it('ends where the rate can no longer be measured, and says what is missing', () => {
    const scores = weighedPairs();
    expect(rejectCurve(scores, 0.02).rejected.length).toBeLessThan(20);
    expect(rejectCurve(scores, 1).rejected).toHaveLength(20);
    expect(() => rejectCurve(scores, 1e-3)).toThrow(
      'rejectCurve: fmr must be one that the strangers of formula can measure',
    );
    const { norms: _, ...rest } = scores;
    expect(() => rejectCurve(rest)).toThrow('rejectCurve: norms must be the lengths of the embeddings');
  });
});
