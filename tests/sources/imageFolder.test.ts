import { rmSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { FileError } from '../../pipeline/errors.ts';
import { imageFolder, isImageName } from '../../sources/imageFolder.ts';
import { sourceContract } from '../contracts/source.ts';
import { folder, imageBytes, put } from '../fixtures/archives.ts';

const root = folder(true);
afterAll(() => rmSync(root, { recursive: true }));
put(root, {
  'ann b/1.jpg': imageBytes(1),
  'ann/2.webp': imageBytes(2),
  'ann/10.PNG': imageBytes(3),
  '10/a.jpeg': imageBytes(4),
  '2/[x].jpg': imageBytes(5),
  '2/notes.txt': 'no image',
  '2/._x.jpg': 'of a file system',
});
sourceContract('image folder', {
  make: () => imageFolder(root),
  ids: ['10/a.jpeg', '2/[x].jpg', 'ann/10.PNG', 'ann/2.webp', 'ann b/1.jpg'],
  labels: [0, 1, 2, 2, 3],
  classes: ['10', '2', 'ann', 'ann b'],
  bytes: [4, 5, 3, 2, 1].map((seed) => imageBytes(seed)),
});

describe('image folder', () => {
  it('knows images without a folder as those of nobody', async () => {
    const here = folder();
    put(here, { '1.jpg': imageBytes(1), '2.jpg': imageBytes(2) });
    const source = imageFolder(here);
    await source.open();
    expect([...source.labels]).toEqual([-1, -1]);
    expect(source.classes).toEqual([]);
  });

  it('names what is missing', async () => {
    const here = folder();
    put(here, { 'a.txt': 'text' });
    await expect(imageFolder(`${here}/none`).open()).rejects.toThrow(FileError);
    await expect(imageFolder(here).open()).rejects.toThrow(`${here}: no .jpg, .jpeg, .png, .webp file lies in it`);
    await expect(imageFolder(`${here}/a.txt`).open()).rejects.toThrow('it is a file, not a folder of images');
  });

  it('names an image that is gone when it is read', async () => {
    const here = folder();
    put(here, { 'a/1.jpg': imageBytes(1) });
    const source = imageFolder(here);
    await source.open();
    rmSync(`${here}/a/1.jpg`);
    await expect(source.read(Int32Array.of(0))).rejects.toThrow(`${here}/a/1.jpg: there is no such file`);
  });

  it('tells images by their ending', () => {
    expect(['a/b.jpg', 'b.JPEG', 'x.y.png', 'w.webp'].every(isImageName)).toBe(true);
    expect(['a/.b.jpg', '.a/b.jpg', 'jpg', 'a.jpg/b', 'a.gif', 'a.jpg.txt'].some(isImageName)).toBe(false);
  });
});
