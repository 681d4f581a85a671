import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parseLfwPairs } from '../../../sources/parse/lfwPairs.ts';

const SMALL = '2\t1\nAnn\t1\t4\nAnn\t2\tBob_Jr\t12\nEve\t3\t1\nEve\t1\tAnn\t10001\n';
const LFW = fileURLToPath(new URL('../../../../shared/data/lfw112/pairs.txt', import.meta.url));

describe('parseLfwPairs', () => {
  it('names images as LFW stores them', () => {
    expect(parseLfwPairs(SMALL, 'pairs.txt')).toEqual({
      name: 'lfw',
      folds: 2,
      pairs: [
        { a: 'Ann/Ann_0001', b: 'Ann/Ann_0004', same: true },
        { a: 'Ann/Ann_0002', b: 'Bob_Jr/Bob_Jr_0012', same: false },
        { a: 'Eve/Eve_0003', b: 'Eve/Eve_0001', same: true },
        { a: 'Eve/Eve_0001', b: 'Ann/Ann_10001', same: false },
      ],
    });
    expect(parseLfwPairs(SMALL.replaceAll('\n', '\r\n'), 'pairs.txt')).toEqual(parseLfwPairs(SMALL, 'pairs.txt'));
  });

  it('says file, offset, line and what it found', () => {
    expect(() => parseLfwPairs('', 'pairs.txt')).toThrow(
      "pairs.txt, byte 0: expected a header 'folds<TAB>pairs per kind' (line 1)",
    );
    expect(() => parseLfwPairs('10\n', 'pairs.txt')).toThrow("found '10'");
    expect(() => parseLfwPairs('2\t1\nAnn\t1\n', 'pairs.txt')).toThrow(
      "pairs.txt, byte 4: expected 'name<TAB>image<TAB>image' (line 2), found 'Ann\t1'",
    );
    expect(() => parseLfwPairs(SMALL.replace('Ann\t2\tBob_Jr\t12', 'Ann\t2\tBob_Jr\tx'), 'pairs.txt')).toThrow(
      '(line 3)',
    );
    expect(() => parseLfwPairs(SMALL.slice(0, 30), 'pairs.txt')).toThrow('(line 4)');
    expect(() => parseLfwPairs(`${SMALL}Eve\t1\t2\n`, 'pairs.txt')).toThrow('expected the end after 4 pairs (line 6)');
  });

  it.skipIf(!existsSync(LFW))('reads LFW itself (skipped where ../shared/data is absent)', () => {
    const { pairs, folds } = parseLfwPairs(readFileSync(LFW, 'utf8'), LFW);
    expect(folds).toBe(10);
    expect(pairs).toHaveLength(6000);
    expect(pairs.filter((pair) => pair.same)).toHaveLength(3000);
    expect(pairs[0]).toEqual({ a: 'Abel_Pacheco/Abel_Pacheco_0001', b: 'Abel_Pacheco/Abel_Pacheco_0004', same: true });
  });
});
