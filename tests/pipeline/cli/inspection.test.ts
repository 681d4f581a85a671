import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { inspection } from '../../../pipeline/cli/inspection.ts';
import { recordIO } from '../../../sources/recordIO.ts';
import { shards } from '../../../sources/shards.ts';
import { tar } from '../../../sources/tar.ts';
import { folder, imageBytes, payloadOf, put, recordsOf, tarOf } from '../../fixtures/archives.ts';
import { shardOf } from '../../fixtures/shards.ts';

it('counts images, people and bytes, and finds what is no image', async () => {
  const here = folder();
  const text = 'a text file that is called 3.jpg, of some length';
  put(here, {
    'a.tar': tarOf([
      ...[1, 2, 3, 4].map((i) => ({ name: `ann/${i}.jpg`, content: imageBytes(i, 40) })),
      { name: 'bob/1.jpg', content: imageBytes(5, 50) },
      { name: 'bob/2.jpg', content: '' },
      { name: 'cem/3.jpg', content: text },
    ]),
  });
  const found = await inspection(tar(`${here}/a.tar`));
  expect(found).toEqual({
    count: 6,
    classes: 3,
    perClass: { min: 1, q1: 1, median: 1, q3: 2.5, max: 4 },
    bytes: 4 * 40 + 50 + text.length,
    faults: [
      { file: `${here}/a.tar`, offset: 5632, reason: "'bob/2.jpg' is empty" },
      { file: `${here}/a.tar`, offset: 6144, index: 5, reason: "'cem/3.jpg' is no JPEG, PNG or WebP image" },
    ],
    sizes: [['10 x 21', 3], ['10 x 20', 2]], // prettier-ignore
    nobody: [],
    pointsMissing: 0,
  });
});

it('lists the images of records by number, with their hash', async () => {
  const here = folder();
  const { rec, idx } = recordsOf([[1, payloadOf(4, imageBytes(1))], [0, payloadOf([2, 3])], [2, payloadOf([0, 1])]]); // prettier-ignore
  put(here, { 'a.rec': rec, 'a.idx': idx });
  const { records, classes, perClass } = await inspection(recordIO(`${here}/a.rec`), { records: true });
  const sha256 = createHash('sha256').update(imageBytes(1)).digest('hex');
  expect(records).toEqual([{ key: 1, label: 4, bytes: imageBytes(1).length, sha256 }]);
  // Labels 0 to 3 have no image: they are no people here.
  expect([classes, perClass.min]).toEqual([1, 1]);
});

it('finds damaged records of a shard', async () => {
  const here = folder();
  const { shard, offsets } = shardOf([1, 2].map((i) => ({ key: `ann/${i}.jpg`, label: 0, bytes: imageBytes(i) })));
  shard[offsets[1]! + 40]! ^= 1;
  put(here, { 'a.faces': shard });
  const { count, faults } = await inspection(shards(`${here}/a.faces`));
  const reason = "'ann/2.jpg' is damaged: the CRC of the record does not match: its bytes are damaged";
  expect([count, faults]).toEqual([2, [{ file: `${here}/a.faces`, offset: offsets[1], index: 1, reason }]]);
});

it('knows images of nobody', async () => {
  const here = folder();
  put(here, { 'a.tar': tarOf([{ name: '1.jpg', content: imageBytes(1) }]) });
  const { classes, perClass, nobody } = await inspection(tar(`${here}/a.tar`));
  expect(nobody).toEqual(['1.jpg']);
  expect([classes, perClass]).toEqual([0, { min: 0, q1: 0, median: 0, q3: 0, max: 0 }]);
});
