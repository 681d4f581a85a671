import { expect, it } from 'vitest';
import { FileError } from '../../pipeline/errors.ts';
import { lfw, pairLines } from '../../sources/lfw.ts';
import { folder, put } from '../fixtures/archives.ts';

it('reads pairs.txt', async () => {
  const here = folder();
  put(here, { 'pairs.txt': '2\t1\nAnn\t1\t4\nAnn\t2\tBob\t12\nEve\t3\t1\nEve\t1\tAnn\t1\n', 'bad.txt': '2\t1\n' });
  const { pairs, folds, name } = await lfw(`${here}/pairs.txt`);
  expect([name, folds, pairs.length]).toEqual(['lfw', 2, 4]);
  await expect(lfw(`${here}/bad.txt`)).rejects.toThrow(`${here}/bad.txt, byte 4`);
  await expect(lfw(`${here}/none.txt`)).rejects.toThrow(FileError);
});

it('reads pairs a line without a header, of either kind in any order', async () => {
  const here = folder();
  put(here, { 'African_pairs.txt': 'm.0a\t1\t2\nm.0a\t3\tm.0b\t12\n\n', 'wrong.txt': 'm.0a\t1\t2\nm.0a\t1\n' });
  expect(await pairLines(`${here}/African_pairs.txt`, 'African')).toEqual({
    name: 'African',
    pairs: [
      { a: 'm.0a/m.0a_0001', b: 'm.0a/m.0a_0002', same: true },
      { a: 'm.0a/m.0a_0003', b: 'm.0b/m.0b_0012', same: false },
    ],
    folds: 10,
  });
  await expect(pairLines(`${here}/wrong.txt`, 'wrong')).rejects.toThrow("in line 2, found 'm.0a\t1'");
});
