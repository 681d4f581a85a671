import { expect, it } from 'vitest';
import { FileError } from '../../../pipeline/errors.ts';
import { expand, filesBelow } from '../../../pipeline/files/glob.ts';
import { folder, put } from '../../fixtures/archives.ts';

it('expands patterns in sorted order, and takes a path that exists as it is', async () => {
  const here = folder();
  put(here, { 's-10.tar': '', 's-2.tar': '', 's-02.tar': '', '[x].tar': '', 'd/y.tar': '' });
  const names = async (pattern: string) =>
    (await expand(`${here}/${pattern}`)).map((path) => path.slice(here.length + 1));
  expect(await names('s-*.tar')).toEqual(['s-02.tar', 's-10.tar', 's-2.tar']);
  expect(await names('s-{10,02}.tar')).toEqual(['s-02.tar', 's-10.tar']);
  expect(await names('s-{02..02}.tar')).toEqual(['s-02.tar']);
  expect(await names('{s-1*,s-*,none*}.tar')).toEqual(['s-02.tar', 's-10.tar', 's-2.tar']);
  expect(await names('[x].tar')).toEqual(['[x].tar']);
  expect(await names('**/y.tar')).toEqual(['d/y.tar']);
  expect(await names('d')).toEqual(['d']);
});

it('says what was looked for', async () => {
  await expect(expand('/none/at-all.tar')).rejects.toThrow(FileError);
  await expect(expand('')).rejects.toThrow("'': a path or pattern has at least one character");
  await expect(expand('/none/*.tar')).rejects.toThrow('/none/*.tar: no file matches this pattern');
});

it('misses every file that braces name', async () => {
  const here = folder();
  put(here, { 's-0.tar': '', 's-2.tar': '' });
  await expect(expand(`${here}/s-{0..2}.tar`)).rejects.toThrow(FileError);
  await expect(expand(`${here}/s-{0..2}.tar`)).rejects.toThrow(
    /s-1\.tar: there is no such file .*s-\{0\.\.2\}\.tar' names/,
  );
});

it('finds files below a folder by their endings, hidden ones left out', async () => {
  const here = folder();
  put(here, { 'a/1.JPG': '', 'a/b/2.png': '', 'a/.3.jpg': '', '.h/4.jpg': '', 'a/5.txt': '' });
  expect((await filesBelow(here, ['jpg', 'png'])).toSorted()).toEqual(['a/1.JPG', 'a/b/2.png']);
});
