import { describe, expect, it } from 'vitest';
import { folds } from '../../../operators/maths/folds.ts';
import { OptionError } from '../../../pipeline/errors.ts';

describe('folds', () => {
  it('gives the first n mod k folds one item more, in order and without gaps', () => {
    expect(folds(7, 3)).toEqual([
      [0, 3],
      [3, 5],
      [5, 7],
    ]);
    const lfw = folds(6000, 10);
    expect(lfw).toHaveLength(10);
    expect(lfw[3]).toEqual([1800, 2400]);
  });

  it('refuses what cannot be cut', () => {
    expect(() => folds(10, 1)).toThrow(OptionError);
    expect(() => folds(3, 4)).toThrow('folds: n must be a whole number of at least 4, received 3');
  });
});
