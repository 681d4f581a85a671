import { describe, expect, it } from 'vitest';
import { roc } from '../../../operators/maths/roc.ts';
import { tarAtFar } from '../../../operators/maths/tarAtFar.ts';

describe('tarAtFar', () => {
  const curve = roc([0.9, 0.8, 0.7, 0.6, 0.5, 0.4], [1, 0, 1, 0, 1, 0]);

  it('takes the most that stays within the rate', () => {
    expect(tarAtFar(curve, 0)).toBeCloseTo(1 / 3);
    expect(tarAtFar(curve, 0.33)).toBeCloseTo(1 / 3);
    expect(tarAtFar(curve, 1 / 3)).toBeCloseTo(2 / 3);
    expect(tarAtFar(curve, 1)).toBe(1);
  });

  it('gives 0 where the best score is an impostor tied with a genuine one', () => {
    expect(tarAtFar(roc([0.9, 0.9, 0.1], [1, 0, 0]), 0.4)).toBe(0);
  });

  it('refuses a rate that is none', () => {
    expect(() => tarAtFar(curve, 1.5)).toThrow('tarAtFar: far must be in [0, 1], received 1.5');
  });
});
