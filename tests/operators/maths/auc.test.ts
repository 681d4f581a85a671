import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { auc } from '../../../operators/maths/auc.ts';
import { roc } from '../../../operators/maths/roc.ts';

describe('auc', () => {
  it('is 1 for a clean cut, 0 for its opposite, a half where all scores tie', () => {
    expect(auc(roc([3, 2, 1], [1, 1, 0]))).toBe(1);
    expect(auc(roc([3, 2, 1], [0, 0, 1]))).toBe(0);
    expect(auc(roc([5, 5, 5], [1, 0, 1]))).toBe(0.5);
  });

  it('is the share of genuine over impostor comparisons won, ties half', () => {
    const scores = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(scores, scores, (genuine, impostors) => {
        const wins = genuine.flatMap((g) => impostors.map((i) => (g > i ? 1 : g === i ? 0.5 : 0)));
        const expected = wins.reduce<number>((sum, x) => sum + x, 0) / wins.length;
        const curve = roc([...genuine, ...impostors], [...genuine.map(() => 1), ...impostors.map(() => 0)]);
        expect(auc(curve)).toBeCloseTo(expected, 12);
      }),
    );
  });
});
