import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { verification } from '../../../operators/evaluate/verification.ts';

describe('verification', () => {
  it("agrees with tests/fixtures/verification.py, the protocol's rules in numpy", () => {
    const n = 2003;
    const same = Uint8Array.from({ length: n }, (_, i) => Number((i * 7919) % 13 < 6));
    const distances = Float64Array.from({ length: n }, (_, i) => {
      const spread = Math.floor((((i * 40503) % 65536) * 154) / 65536) / 128;
      return (same[i] ? 45 : 134) / 128 + spread - (i % 97 === 5 ? 0.4 : 0);
    });
    const expected = JSON.parse(readFileSync(new URL('../../fixtures/verification.json', import.meta.url), 'utf8'));
    const result = verification({ protocol: 'formula', distances, same, folds: 10 });
    expect(result.pairs).toBe(expected.pairs);
    for (const [key, value] of [
      ['accuracy.mean', result.accuracy.mean],
      ['accuracy.std', result.accuracy.std],
      ['val.mean', result.val.mean],
      ['val.std', result.val.std],
      ['val.far', result.val.far],
      ['auc', result.auc],
      ['threshold', result.threshold],
    ] as const) {
      const wanted = key.split('.').reduce((at, name) => at[name], expected);
      expect(value, key).toBeCloseTo(wanted, 12);
    }
    expect(result.tar['1e-3']).toBeCloseTo(expected.tar['1e-3'], 12);
  });
});
