import { describe, expect, it } from 'vitest';
import { roc } from '../../../operators/maths/roc.ts';
import { OptionError } from '../../../pipeline/errors.ts';

describe('roc', () => {
  it('makes one point of equal scores and ends at (1, 1)', () => {
    const curve = roc([0.9, 0.8, 0.8, 0.3], [1, 0, 1, 0]);
    expect([...curve.far]).toEqual([0, 0, 0.5, 1]);
    expect([...curve.tar]).toEqual([0, 0.5, 1, 1]);
    expect([...curve.thresholds]).toEqual([Infinity, 0.9, 0.8, 0.3]);
  });

  it('needs both kinds, and numbers', () => {
    expect(() => roc([0.1, 0.2], [1, 1])).toThrow('2 genuine and 0 impostor scores');
    expect(() => roc([0.1, Number.NaN], [1, 0])).toThrow('roc: scores[1] must be a number, received NaN');
    expect(() => roc([0.1], [1, 0])).toThrow(OptionError);
  });
});
