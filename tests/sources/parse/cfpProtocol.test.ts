import { describe, expect, it } from 'vitest';
import { cfpFiles, parseCfpProtocol } from '../../../sources/parse/cfpProtocol.ts';
import { cfpFilesOfTwo } from '../../fixtures/cfp.ts';

const small = (changes: Record<string, string> = {}) => {
  const files = cfpFilesOfTwo();
  Object.assign(files, changes);
  return (path: string): string => {
    if (files[path] === undefined) throw new Error(`no ${path}`);
    return files[path];
  };
};

describe('parseCfpProtocol', () => {
  it('pairs frontal with frontal, and frontal with profile', () => {
    const ff = parseCfpProtocol(small(), 'ff');
    expect(ff).toMatchObject({ name: 'cfp-ff', folds: 10 });
    expect(ff.pairs).toHaveLength(20);
    expect(ff.pairs.slice(0, 2)).toEqual([
      { a: '001/frontal/01', b: '001/frontal/02', same: true },
      { a: '001/frontal/02', b: '002/frontal/01', same: false },
    ]);
    expect(parseCfpProtocol(small(), 'fp').pairs.slice(18)).toEqual([
      { a: '001/frontal/02', b: '001/profile/01', same: true },
      { a: '002/frontal/01', b: '001/profile/01', same: false },
    ]);
  });

  it('says which files it reads', () => {
    expect(cfpFiles('ff')).toHaveLength(21);
    expect(cfpFiles('fp')).toContain('Protocol/Split/FP/10/diff.txt');
  });

  it('says what is wrong where', () => {
    const wrong = (changes: Record<string, string>) => () => parseCfpProtocol(small(changes), 'fp');
    expect(wrong({ 'Protocol/Split/FP/03/diff.txt': '3,1\n3;2\n' })).toThrow(
      "Protocol/Split/FP/03/diff.txt, byte 4: expected 'a,b', two numbers of the pair lists (line 2), found '3;2'",
    );
    expect(wrong({ 'Protocol/Split/FP/03/diff.txt': '3,9\n' })).toThrow("found '3,9'");
    expect(wrong({ 'Protocol/Split/FP/03/diff.txt': '3,1\n3,2\n' })).toThrow(
      'expected 2 pairs a fold, as in the first, found 3',
    );
    expect(wrong({ 'Protocol/Pair_list_P.txt': '1 profile.jpg\n' })).toThrow(
      "Protocol/Pair_list_P.txt, byte 0: expected 'number .../person/kind/image.jpg' (line 1)",
    );
  });
});
