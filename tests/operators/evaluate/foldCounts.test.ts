import { describe, expect, it } from 'vitest';
import { foldCounts } from '../../../operators/evaluate/foldCounts.ts';

describe('foldCounts', () => {
  it('counts what each fold does not see', () => {
    const scores = {
      protocol: 'hand',
      distances: Float64Array.of(0.1, 0.9, 0.3, 0.5, 0.7),
      same: Uint8Array.of(1, 0, 1, 0, 0),
      folds: 2,
    };
    const [first, second] = foldCounts(scores, [0.2, 0.6, 1]);
    expect([...first!.inside.genuine]).toEqual([0.1, 0.3]);
    expect([...first!.inside.impostors]).toEqual([0.9]);
    expect(first!.outside).toEqual({
      genuine: 0,
      impostors: 2,
      genuineAccepted: Int32Array.of(0, 0, 0),
      impostorsAccepted: Int32Array.of(0, 1, 2),
    });
    expect(second!.outside).toMatchObject({ genuine: 2, impostors: 1, genuineAccepted: Int32Array.of(1, 2, 2) });
  });
});
