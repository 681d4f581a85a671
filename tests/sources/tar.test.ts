import { gzipSync } from 'node:zlib';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { FileError, FormatError } from '../../pipeline/errors.ts';
import { tar } from '../../sources/tar.ts';
import { sourceContract } from '../contracts/source.ts';
import { folder, imageBytes, join8, put, type TarEntry, tarOf } from '../fixtures/archives.ts';

const image = (name: string, seed: number): TarEntry => ({ name, content: imageBytes(seed) });
const root = folder(true);
afterAll(() => rmSync(root, { recursive: true }));
const entries = [
  { name: './imgs/', content: '', type: '5' },
  image('./imgs/bob/10.jpg', 1),
  { name: './imgs/bob/readme.txt', content: 'no image' },
  image('./imgs/ann/2.JPEG', 2),
  image('./imgs/ann/._2.JPEG', 9),
  image('./imgs/ann/1.png', 3),
  image('./imgs/10/sub/x.webp', 4),
];
put(root, {
  'a.tar': tarOf(entries),
  'a.tar.gz': gzipSync(tarOf(entries)),
  's-0.tar': tarOf(entries.slice(0, 3)),
  's-1.tgz': gzipSync(tarOf(entries.slice(3))),
});
const expected = {
  ids: ['imgs/bob/10.jpg', 'imgs/ann/2.JPEG', 'imgs/ann/1.png', 'imgs/10/sub/x.webp'],
  labels: [2, 1, 1, 0],
  classes: ['10', 'ann', 'bob'],
  bytes: [1, 2, 3, 4].map((seed) => imageBytes(seed)),
};
sourceContract('tar', { make: () => tar(`${root}/a.tar`), ...expected });
sourceContract('tar.gz', { make: () => tar(`${root}/a.tar.gz`), ...expected });
sourceContract('tars of a pattern, plain and gzipped', { make: () => tar(`${root}/s-{0.tar,1.tgz}`), ...expected });

const open = async (bytes: Uint8Array, name = 'x.tar') => {
  const here = folder();
  put(here, { [name]: bytes });
  const source = tar(`${here}/${name}`);
  try {
    await source.open();
    return { faults: source.faults!, ids: Array.from({ length: source.length! }, (_, i) => source.id(i)) };
  } finally {
    await source.close();
  }
};

describe('tar', () => {
  it('reads names of any length: ustar prefix, GNU, PAX', async () => {
    const long = `${'f'.repeat(120)}/é.jpg`;
    const pax = (text: string): string => `${String(text.length + 3)} ${text}`;
    const { ids } = await open(
      tarOf([
        { ...image('1.jpg', 1), prefix: 'p'.repeat(60) },
        { name: '././@LongLink', content: `${long}\0`, type: 'L' },
        image('cut.jpg', 2),
        { name: 'PaxHeaders/x', content: pax('path=pax/name=3.jpg\n'), type: 'x' },
        image('short.jpg', 3),
        { ...image('plain/4.jpg', 4), binarySize: true },
      ]),
    );
    expect(ids).toEqual([`${'p'.repeat(60)}/1.jpg`, long, 'pax/name=3.jpg', 'plain/4.jpg']);
  });

  it('goes without the empty blocks at the end, and ignores what lies behind them', async () => {
    expect((await open(tarOf([image('a/1.jpg', 1)], 0))).ids).toEqual(['a/1.jpg']);
    expect((await open(join8(tarOf([image('a/1.jpg', 1)]), Uint8Array.of(7, 7, 7)))).ids).toEqual(['a/1.jpg']);
  });

  it('reports images that are empty or cut off, with file and offset', async () => {
    const whole = tarOf([
      image('a/1.jpg', 1),
      { name: 'a/2.jpg', content: '' },
      { name: 'a/3.jpg', content: imageBytes(3, 900) },
    ]);
    const { ids, faults } = await open(whole.subarray(0, 2500));
    expect(ids).toEqual(['a/1.jpg']);
    expect(faults.map(({ offset, reason }) => [offset, reason])).toEqual([
      [1536, "'a/2.jpg' is empty"],
      [2048, "'a/3.jpg' of 900 bytes ends at 2948, the tar at 2500"],
    ]);
  });

  it('reports a cut within a member that is no image', async () => {
    const whole = tarOf([image('a/1.jpg', 1), { name: 'notes.txt', content: 'x'.repeat(900) }, image('a/2.jpg', 2)]);
    const { ids, faults } = await open(whole.subarray(0, 2000));
    expect(ids).toEqual(['a/1.jpg']);
    expect(faults).toMatchObject([{ offset: 1536, reason: "'notes.txt' of 900 bytes ends at 2436, the tar at 2000" }]);
  });

  it('gives the image behind a hard link, also of a link, and reports links it cannot follow', async () => {
    const here = folder();
    const linked = (name: string, link: string, type = '1'): TarEntry => ({ name, content: '', type, link });
    const links = [linked('b/1.jpg', './a/1.jpg'), linked('b/2.jpg', 'b/1.jpg'), linked('b/3.jpg', 'none')];
    const entry = [image('./a/1.jpg', 1), ...links, linked('b/4.jpg', '../a/1.jpg', '2'), linked('b/5.txt', 'x', '2')];
    put(here, { 'x-0.tar': tarOf([image('a/0.jpg', 5)]), 'x-1.tar': tarOf([...entry, linked('b/6.jpg', 'a/0.jpg')]) });
    const source = tar(`${here}/x-*.tar`);
    const read = await source.read(Int32Array.of(3, 2, 1));
    expect(read.map(({ id, bytes }) => [id, bytes])).toEqual(
      ['b/2.jpg', 'b/1.jpg', 'a/1.jpg'].map((id) => [id, imageBytes(1)]),
    );
    expect(source.length).toBe(4);
    expect(source.faults!.map(({ reason }) => reason)).toEqual([
      "'b/3.jpg' is a link to 'none', no image before it",
      "'b/4.jpg' is a link to '../a/1.jpg'",
      "'b/6.jpg' is a link to 'a/0.jpg', no image before it",
    ]);
    await source.close();
  });

  it.each([
    ['a text', new TextEncoder().encode('no tar at all'.repeat(60)), 'byte 0: expected the head of a tar member'],
    ['a tar that is cut within a head', tarOf([image('a/1.jpg', 1)]).subarray(0, 300), 'byte 0: expected the head'],
    ['a tar without images', tarOf([{ name: 'a/1.txt', content: 'x' }]), 'expected images (.jpg, .jpeg, .png, .webp)'],
    ['a gzip that is cut off', gzipSync(tarOf(entries)).subarray(0, -20), 'expected a whole gzip stream'],
    ['a gzip that is damaged', gzipSync(tarOf(entries)).fill(0x55, 30, 60), 'expected a whole gzip stream'],
  ])('refuses %s', async (_, bytes, message) => {
    await expect(open(bytes)).rejects.toThrow(FormatError);
    await expect(open(bytes)).rejects.toThrow(message);
  });

  it('says what was looked for and is missing', async () => {
    await expect(tar(`${root}/none.tar`).open()).rejects.toThrow(FileError);
    await expect(tar(`${root}/none-*.tar`).open()).rejects.toThrow('none-*.tar: no file matches this pattern');
  });

  it('leaves no file behind in the temporary folder', async () => {
    const temporary = folder();
    vi.stubEnv('TMPDIR', temporary);
    const source = tar(`${root}/a.tar.gz`);
    await source.open();
    vi.unstubAllEnvs();
    expect(readdirSync(temporary)).toEqual([]);
    await source.close();
  });
});

describe('tar on real faces', () => {
  const data = new URL('../../../shared/data/', import.meta.url).pathname;
  it.skipIf(!existsSync(data)).each([
    ['celeba299/celeba112.tar.gz', 6294, 299],
    ['bollywood64/bollywood64.tar.gz', 8566, 100],
    ['lfw112/lfw112.tar.gz', 13_233, 5749],
    ['cfp112/cfp112.tar.gz', 7000, 500],
  ])('%s holds %i images of %i people (skipped without the data beside the project)', async (name, images, people) => {
    const source = tar(data + name);
    await source.open();
    expect([source.length, source.classes!.length, source.faults!.length]).toEqual([images, people, 0]);
    await source.close();
  });
});
