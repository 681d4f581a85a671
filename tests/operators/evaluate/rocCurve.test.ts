import { expect, it } from 'vitest';
import type { PairScores } from '../../../operators/evaluate/pairScores.ts';
import { rocCurve } from '../../../operators/evaluate/rocCurve.ts';

/** 1,000 impostors at distances 1 to 2, and genuine pairs at these. */
function scores(genuine: number[]): PairScores {
  const distances = [...genuine, ...Array.from({ length: 1000 }, (_, i) => 1 + i / 1000)];
  return {
    protocol: 'formula',
    distances: Float64Array.from(distances),
    same: Uint8Array.from(distances, (_, i) => Number(i < genuine.length)),
    folds: 10,
  };
}

it('begins at the smallest FAR that the impostors can measure and ends where everybody is accepted', () => {
  const { far, tar } = rocCurve(scores([0.5, 1.0055, 1.5, 3]));
  expect(far[0]).toBeCloseTo(1e-3, 12);
  expect(far.at(-1)).toBe(1);
  expect(far).toHaveLength(25);
  expect([tar[0], tar.at(-2), tar.at(-1)]).toEqual([0.25, 0.75, 1]);
  // Six impostors lie before the second genuine pair.
  expect(tar[far.findIndex((rate) => rate >= 0.006)]).toBe(0.5);
  expect(tar).toEqual(tar.toSorted((a, b) => a - b));
});
