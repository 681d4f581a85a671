import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { isPickle, parsePairBin } from '../../../sources/parse/pairBin.ts';

/** Written by Python 2 and 3 and by NumPy 1 and 2: see pair_bin.py. */
const written = JSON.parse(readFileSync(new URL('../../fixtures/pair_bin.json', import.meta.url), 'utf8')) as {
  files: Record<string, string>;
  images: string[];
  issame: boolean[];
};

/** A pickle of protocol 2 made of opcodes in text and bytes. */
function pickle(...parts: (string | number[])[]): Uint8Array {
  return Buffer.concat([Buffer.of(0x80, 2), ...parts.map((part) => Buffer.from(part as string)), Buffer.from('.')]);
}

describe('parsePairBin', () => {
  it.each(Object.keys(written.files))('reads what %s wrote', (name) => {
    const { images, same } = parsePairBin(Buffer.from(written.files[name]!, 'base64'), 'a.bin');
    expect(images.map((image) => Buffer.from(image).toString('base64'))).toEqual(written.images);
    expect([...same]).toEqual(written.issame.map(Number));
  });

  it('leaves images where they lie in the file', () => {
    const bytes = Uint8Array.from(Buffer.from(written.files['python 2, protocol 2']!, 'base64'));
    const { images } = parsePairBin(bytes, 'a.bin');
    expect(images[1]!.buffer).toBe(bytes.buffer);
    expect(Buffer.from(bytes.subarray(images[1]!.byteOffset)).toString('latin1')).toMatch(/^\xff\xd8\xff second/);
  });

  const IMAGE = [0x55, 1, 65]; // 'A'
  const BYTE = 'cnumpy\ndtype\n(U\x02u1K\x00K\x01tR';
  const ARRAY = 'cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n(K\x00tU\x01btR';
  it.each([
    ['a call', ['cos\nsystem\n', [0x55, 2], 'ls', [0x85], 'R'], /a\.bin, byte 18: .*no call, found 'os.system'/],
    ['another encoding', ['c_codecs\nencode\n', 'X\x01\0\0\0aU\x05utf-8', [0x86], 'R'], /text in latin1/],
    ['no pair', [[0x4b, 1]], /a pickled pair of images and issame/],
    ['a number for an image', ['](K\x01K\x02e](', [0x88], 'e', [0x86]], /an encoded image at 0/],
    [
      'one image for a pair',
      ['](', IMAGE, 'e](', [0x88], 'e', [0x86]],
      /two images for each pair, found '1 images, 1 pairs'/,
    ],
    ['nothing at all', ['(]]t'], /two images for each pair/],
    ['a number for a boolean', ['](', IMAGE, IMAGE, 'e](K\x02e', [0x86]], /a boolean for pair 0/],
    ['numbers of eight bytes', ['cnumpy\ndtype\n(U\x02f8K\x00K\x01tR'], /elements of type u1 or b1/],
    ['an array of another class', ['cnumpy.core.multiarray\n_reconstruct\n(cos\nx\n(K\x00tU\x01btR'], /a plain array/],
    ['an array with too few bytes', [ARRAY, '(K\x01(K\x02t', BYTE, [0x89], 'U\x01xtb'], /as many bytes as the shape/],
    ['an array of text', [ARRAY, '(K\x01(K\x01t', BYTE, [0x89], 'X\x01\0\0\0xtb'], /expected bytes/],
    ['a state of text', [[0x55, 1, 65], '}b'], /no object with a state of its own/],
    ['a persistent id', ['K\x01Q'], /no persistent id/],
  ] as [string, (string | number[])[], RegExp][])('refuses %s', (_, parts, message) => {
    expect(() => parsePairBin(pickle(...parts), 'a.bin')).toThrow(message);
  });

  it('knows a pickle by its first bytes', () => {
    expect([2, 5].every((protocol) => isPickle(Uint8Array.of(0x80, protocol)))).toBe(true);
    expect([[0x80, 6], [0x28, 2], []].some((head) => isPickle(Uint8Array.from(head)))).toBe(false);
  });
});
