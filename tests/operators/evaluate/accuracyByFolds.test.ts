import { describe, expect, it } from 'vitest';
import { accuracyByFolds, EVERY_COSINE } from '../../../operators/evaluate/accuracyByFolds.ts';

const pairs = (same: number[], distances: number[], folds = 2) => ({
  protocol: 'hand',
  distances: Float64Array.from(distances),
  same: Uint8Array.from(same),
  folds,
});

describe('accuracyByFolds', () => {
  it('judges a fold by the threshold of the others', () => {
    // Fold 2 alone is parted from 0.21 on (0.2 < 0.21), fold 1 from 0.61 on.
    const result = accuracyByFolds(pairs([1, 0, 1, 0], [0.6, 0.9, 0.2, 0.5]));
    // Fold 1 at 0.21: its genuine 0.6 is refused. Fold 2 at 0.61: its impostor 0.5 is accepted.
    expect(result.folds).toEqual([0.5, 0.5]);
    expect(result).toMatchObject({ mean: 0.5, std: 0 });
    expect(result.threshold).toBeCloseTo((0.21 + 0.61) / 2, 12);
  });

  it('takes the first threshold of the best, and is strict: a distance on the threshold is refused', () => {
    // Genuine 0 is accepted from 0.01 on; the impostor on 0.01 is still refused there.
    const result = accuracyByFolds(pairs([1, 0, 1, 0], [0, 0.01, 0, 0.01]));
    expect(result).toMatchObject({ mean: 1, threshold: 0.01 });
  });

  it('has the spread of the folds, ddof 0', () => {
    const result = accuracyByFolds(pairs([1, 0, 1, 0], [0.1, 0.9, 0.1, 0.05]));
    // Fold 2 cannot be parted: threshold 0 is the first best (one of two right), so fold 1 gets 1 of 2;
    // fold 1's threshold 0.11 accepts both of fold 2.
    expect(result.folds).toEqual([0.5, 0.5]);
    const uneven = accuracyByFolds(pairs([1, 0, 1, 0, 1, 0], [0.1, 0.9, 0.1, 0.9, 0.3, 0.05], 3));
    expect(uneven.folds).toEqual([1, 1, 0]);
    expect(uneven.std).toBeCloseTo(Math.sqrt(2) / 3, 12);
  });

  it('parts on a finer grid what lies between two thresholds of the released one', () => {
    const close = pairs([1, 0, 1, 0], [1.401, 1.409, 1.401, 1.409]);
    expect(accuracyByFolds(close).mean).toBe(0.5);
    expect(accuracyByFolds(close, EVERY_COSINE)).toMatchObject({
      mean: 1,
      threshold: expect.closeTo(1.402, 12) as number,
    });
  });
});
