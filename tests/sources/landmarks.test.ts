import { gzipSync } from 'node:zlib';
import { rmSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { concat } from '../../sources/concat.ts';
import { landmarks } from '../../sources/landmarks.ts';
import { openSource } from '../../sources/openSource.ts';
import { sourceContract } from '../contracts/source.ts';
import { folder, put } from '../fixtures/archives.ts';
import { drawn } from '../fixtures/drawn.ts';

const HEAD = 'score,mouthR_y,image,eyeL_x,eyeL_y,eyeR_x,eyeR_y,nose_x,nose_y,mouthL_x,mouthL_y,mouthR_x';
const TABLE = `${HEAD}\n0.9,10,s/2,1,2,3,4,5,6,7,8,9\n,,s/0,,,,,,,,,\n0.8,1,elsewhere,1,1,1,1,1,1,1,1,1\n`;
const root = folder(true);
afterAll(() => rmSync(root, { recursive: true }));
put(root, { 'points.csv': TABLE, 'points.csv.gz': gzipSync(TABLE), 'foreign.csv': TABLE.replaceAll('s/', 't/') });
const source = () => drawn('s', { people: ['a'], labels: [0, 0, 0] });

sourceContract('landmarks', {
  make: () => landmarks(source(), `${root}/points.csv`),
  ids: ['s/0', 's/1', 's/2'],
  labels: [0, 0, 0],
  classes: ['a'],
  bytes: [0, 1, 2].map((i) => Uint8Array.of(i)),
});

describe('landmarks', () => {
  it.each(['points.csv', 'points.csv.gz'])('come with their image by name, from %s', async (file) => {
    const read = await landmarks(source(), `${root}/${file}`).read(Int32Array.of(2, 0, 1));
    expect(read.map(({ points }) => points && [...points])).toEqual([
      [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
      undefined,
      undefined,
    ]);
    expect(read.map(({ pointsMissing }) => pointsMissing)).toEqual([undefined, true, true]);
  });

  it('count the images they have no points for, over several sources and without who is dropped', async () => {
    const faces = landmarks(source(), `${root}/points.csv`);
    const both = concat(faces, landmarks(source(), `${root}/points.csv`), source());
    await both.open();
    expect([faces.pointsMissing, both.pointsMissing]).toEqual([2, 4]);
    for (const person of ['ann', 'bob']) put(root, { [`people/${person}/1.jpg`]: 'x' });
    put(root, { 'ann.csv': `${HEAD}\n,1,ann/1.jpg,1,1,1,1,1,1,1,1,1\n` });
    const [all, ann] = await Promise.all(
      [[], ['bob']].map((drop) => openSource(`${root}/people`, { points: `${root}/ann.csv`, drop })),
    );
    expect([all!.pointsMissing, ann!.pointsMissing]).toEqual([1, 0]);
  });

  it('refuse a table of other images', async () => {
    const inner = source();
    await expect(landmarks(inner, `${root}/foreign.csv`).open()).rejects.toThrow(
      "foreign.csv: expected a row for an image like 's/0', found '3 rows, 't/2''",
    );
    expect(inner.length).toBeUndefined();
  });
});
