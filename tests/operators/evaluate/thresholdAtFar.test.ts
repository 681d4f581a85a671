import { describe, expect, it } from 'vitest';
import { thresholdAtFar } from '../../../operators/evaluate/thresholdAtFar.ts';
import { wilson } from '../../../operators/maths/wilson.ts';
import { expected, FARS, weighedPairs } from '../../fixtures/weighedPairs.ts';

describe('thresholdAtFar', () => {
  const scores = weighedPairs();

  it('finds the thresholds of tests/fixtures/bootstrap.py, with intervals around them', () => {
    FARS.forEach((far, k) => {
      const found = thresholdAtFar(scores, far, { resamples: 300 });
      expect(found.threshold).toBeCloseTo(expected.figures[0]!.thresholds[k]!, 12);
      expect(found.tar).toBeCloseTo(expected.figures[0]!.tars[k]!, 12);
      expect(found.far).toBeLessThanOrEqual(far);
      for (const name of ['threshold', 'far', 'tar'] as const) {
        expect(found.interval[name][0]).toBeLessThanOrEqual(found[name]);
        expect(found.interval[name][1]).toBeGreaterThanOrEqual(found[name]);
        expect(found.interval[name][1] - found.interval[name][0]).toBeGreaterThan(0);
      }
      expect([found.on, found.wanted, found.over]).toEqual(['formula', far, 'people']);
    });
  });

  it('takes the lowest threshold that no more strangers pass than may', () => {
    const few = {
      protocol: 'lfw',
      distances: Float64Array.of(0.2, 0.6, 1, 1.2, 1.4, 2),
      same: Uint8Array.of(1, 1, 0, 1, 0, 0),
      folds: 1,
    };
    const found = thresholdAtFar(few, 0.4);
    expect(found).toMatchObject({ on: 'lfw', far: 1 / 3, tar: 1, strangers: 3, genuine: 3, over: 'pairs' });
    expect(found.threshold).toBeCloseTo(0.4, 12);
    expect(() => thresholdAtFar(few, 0.1)).toThrow(/far must be from 0\.33\d+, one of the 3 strangers of lfw, to 1/);
    expect(() => thresholdAtFar({ ...few, same: new Uint8Array(6) }, 0.5)).toThrow('scores must be of both kinds');
  });

  it("takes Wilson's interval where no stranger passes", () => {
    const tied = {
      protocol: 'tied',
      distances: Float64Array.of(0.1, 1, 1, 1),
      same: Uint8Array.of(1, 0, 0, 0),
      folds: 1,
    };
    expect(thresholdAtFar(tied, 0.5)).toMatchObject({ far: 0, tar: 1, interval: { far: wilson(0, 3) } });
  });
});
