import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { concat } from '../../sources/concat.ts';
import { drop, dropList } from '../../sources/drop.ts';
import { landmarks } from '../../sources/landmarks.ts';
import { tar } from '../../sources/tar.ts';
import { sourceContract } from '../contracts/source.ts';
import { folder, put } from '../fixtures/archives.ts';
import { drawn } from '../fixtures/drawn.ts';

const people = { people: ['ann', 'bob', 'cem', 'dan'], labels: [3, 1, 0, 2, -1, 1] };

sourceContract('drop', {
  make: () => drop(drawn('s', people), ['bob', 'cem', 'nobody here']),
  ids: ['s/0', 's/2', 's/4'],
  labels: [1, 0, -1],
  classes: ['ann', 'dan'],
  bytes: [0, 2, 4].map((i) => Uint8Array.of(i)),
});

describe('drop', () => {
  it('is the source itself where nobody is named', () => {
    const source = drawn('s', people);
    expect(drop(source, [])).toBe(source);
  });

  it('refuses names of whom the source knows nobody', async () => {
    const source = drawn('s', people);
    await expect(drop(source, ['Ann']).open()).rejects.toThrow("names of its people, such as 'ann'");
    expect(source.length).toBeUndefined();
  });

  it('refuses to leave nobody', async () => {
    const all = drop(drawn('s', { people: ['ann'], labels: [0] }), ['ann']);
    await expect(all.open()).rejects.toThrow('names that leave somebody');
  });

  it('reads lists of names', async () => {
    const here = folder();
    put(here, { 'list.txt': 'bob\n\nann \nbob\n' });
    expect(await dropList(`${here}/list.txt`)).toEqual(['ann', 'bob']);
  });
});

const data = new URL('../../../shared/data/', import.meta.url).pathname;
describe.skipIf(!existsSync(data))('drop on real faces (skipped without the data beside the project)', () => {
  it('leaves 356 people and 11,892 images of two sets without everybody another set has', async () => {
    const overlap = `${data}identity_overlap.csv`;
    const bollywood = tar(`${data}bollywood64/bollywood64.tar.gz`);
    const faces = concat(
      drop(tar(`${data}celeba299/celeba112.tar.gz`), await dropList(overlap, 'celeba')),
      drop(landmarks(bollywood, `${data}bollywood64/landmarks.csv.gz`), await dropList(overlap, 'boll')),
    );
    await faces.open();
    expect([faces.classes!.length, faces.length]).toEqual([356, 11_892]);
    expect(Math.max(...faces.labels)).toBe(355);
    const [first, last] = await faces.read(Int32Array.of(0, 11_891));
    expect(first!.points).toBeUndefined();
    expect(last!.points).toHaveLength(10);
    await faces.close();
  });
});
