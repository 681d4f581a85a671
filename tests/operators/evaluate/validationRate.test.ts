import { describe, expect, it } from 'vitest';
import { validationRate } from '../../../operators/evaluate/validationRate.ts';

describe('validationRate', () => {
  it('interpolates the threshold between the grid points around the rate', () => {
    // The other fold's impostors: 0.5005 and 2. Its FAR is 0 up to 0.500 and 1/2 from 0.501 on, so FAR 1/4 is at 0.5005.
    const scores = {
      protocol: 'hand',
      distances: Float64Array.of(0.5004, 0.5006, 0.5005, 2, 0.1, 0.1, 0.5005, 2),
      same: Uint8Array.of(1, 1, 0, 0, 1, 1, 0, 0),
      folds: 2,
    };
    const result = validationRate(scores, 0.25);
    expect(result.mean).toBe(0.75);
    expect(result.std).toBe(0.25);
    // 0.5005 is not below 0.5005.
    expect(result.far).toBe(0);
  });

  it('accepts nothing where the other folds never reach the rate', () => {
    const result = validationRate(
      { protocol: 'hand', distances: Float64Array.of(0.1, 4, 0.1, 4), same: Uint8Array.of(1, 0, 1, 0), folds: 2 },
      1e-3,
    );
    expect(result).toEqual({ mean: 0, std: 0, far: 0 });
  });

  it('knows folds of one kind', () => {
    const result = validationRate(
      { protocol: 'hand', distances: Float64Array.of(0.1, 0.2, 1, 2), same: Uint8Array.of(1, 1, 0, 0), folds: 2 },
      1e-3,
    );
    expect(result.mean).toBe(0.5);
  });
});
