import { expect, it } from 'vitest';
import { FileError } from '../../pipeline/errors.ts';
import { lfw } from '../../sources/lfw.ts';
import { folder, put } from '../fixtures/archives.ts';

it('reads pairs.txt', async () => {
  const here = folder();
  put(here, { 'pairs.txt': '2\t1\nAnn\t1\t4\nAnn\t2\tBob\t12\nEve\t3\t1\nEve\t1\tAnn\t1\n', 'bad.txt': '2\t1\n' });
  const { pairs, folds, name } = await lfw(`${here}/pairs.txt`);
  expect([name, folds, pairs.length]).toEqual(['lfw', 2, 4]);
  await expect(lfw(`${here}/bad.txt`)).rejects.toThrow(`${here}/bad.txt, byte 4`);
  await expect(lfw(`${here}/none.txt`)).rejects.toThrow(FileError);
});
