import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseMat } from '../../../sources/parse/mat.ts';

/** Written by SciPy: see mat.py. */
const written = JSON.parse(readFileSync(new URL('../../fixtures/mat.json', import.meta.url), 'utf8')) as Record<string, string>; // prettier-ignore
const bytesOf = (name: string): Uint8Array => Uint8Array.from(Buffer.from(written[name]!, 'base64'));

describe('parseMat', () => {
  it.each(['plain', 'compressed'])('reads numbers, texts and cells (%s)', (name) => {
    const variables = parseMat(bytesOf(name), 'a.mat');
    const text = (data: string) => ({ shape: [1, data.length], data });
    expect(Object.fromEntries(variables)).toEqual({
      probe_ids: { shape: [4, 1], data: [7, 7, 12, 300] },
      probe_set: { shape: [4, 1], data: ['7_1.jpg', '7_2.jpg', '12_3.jpg', '300_4.jpg'].map(text) },
      table: { shape: [2, 2], data: [1.5, 3, -2, 1e300] },
      empty: { shape: [0, 0], data: [] },
    });
  });

  it.each([
    ['complex', /real numbers, a text or cells, found 'class 6, complex'/],
    ['structure', /real numbers, a text or cells, found 'class 2'/],
  ])('refuses what is %s', (name, message) => expect(() => parseMat(bytesOf(name), 'a.mat')).toThrow(message));

  it('refuses other files, and files cut off or damaged', () => {
    expect(() => parseMat(new Uint8Array(200), 'a.mat')).toThrow('a.mat, byte 124: expected a little-endian MAT-file');
    expect(() => parseMat(bytesOf('plain').subarray(0, -9), 'a.mat')).toThrow('a whole element of a MAT-file');
    const damaged = bytesOf('compressed');
    damaged[150] = damaged[150]! ^ 0xff;
    expect(() => parseMat(damaged, 'a.mat')).toThrow(/a whole zlib stream/);
  });

  const real = '../shared/data/tinyface_protocol/probe_img_ID_pairs.mat';
  it.skipIf(!existsSync(real))("reads TinyFace's own list (skipped without the data beside)", () => {
    const variables = parseMat(readFileSync(real), real);
    expect([...variables.keys()]).toEqual(['probe_ids', 'probe_set']);
    expect([...variables.values()].map(({ shape }) => shape)).toEqual([[3728, 1], [3728, 1]]); // prettier-ignore
  });
});
