import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { further, keyed, stir } from '../../pipeline/keyed.ts';

describe('keyed', () => {
  it('gives the same number for the same key, for ever', () => {
    // Data sets and checkpoints depend on these: a change here changes every run.
    expect([keyed(), keyed(0), keyed(7, 'flip', 3, 41)]).toEqual([2654435769, 2856213345, 1653617628]);
  });

  it('tells keys apart by every part, its kind, order and place', () => {
    const keys: (number | string)[][] = [
      [], [0], [0, 0], [1], [-1], [2 ** 32], [2 ** 32 + 1], ['a'], [''], ['a', 'b'], ['ab'], ['b', 'a'], ['ab', ''], [1, 'a'], ['a', 1],
    ]; // prettier-ignore
    expect(new Set(keys.map((key) => keyed(...key))).size).toBe(keys.length);
  });

  it('is spread evenly over neighbouring keys', () => {
    const bins = new Uint32Array(16);
    for (let epoch = 0; epoch < 4; epoch++)
      for (let i = 0; i < 4000; i++) bins[keyed(1, 'augment', epoch, i) >>> 28]!++;
    // 16,000 draws over 16 bins: 1000 each, standard deviation 31.
    for (const bin of bins) expect(Math.abs(bin - 1000)).toBeLessThan(150);
  });
});

describe('further', () => {
  it('goes on where a key ended', () => {
    const parts = fc.array(fc.oneof(fc.integer(), fc.string()));
    fc.assert(
      fc.property(parts, parts, (a, b) => {
        expect(further(keyed(...a), ...b)).toBe(keyed(...a, ...b));
      }),
    );
  });
});

describe('stir', () => {
  it('is MurmurHash3 of one word, unsigned', () => {
    expect([stir(0), stir(1), stir(-1)]).toEqual([0, 0x514e28b7, 0x81f16f39]);
  });
});
