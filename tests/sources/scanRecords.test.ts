import { expect, it } from 'vitest';
import { open } from '../../pipeline/files/read.ts';
import { recordScan, walkRecords } from '../../sources/scanRecords.ts';
import { folder, imageBytes, join8, payloadOf, put, recordsOf } from '../fixtures/archives.ts';

const opened = async (bytes: Uint8Array) => {
  const here = folder();
  put(here, { 'a.rec': bytes });
  return open(`${here}/a.rec`);
};
const MAGIC = Uint8Array.of(0x0a, 0x23, 0xd7, 0xce);
const { rec, offsets } = recordsOf([
  [0, payloadOf(7, imageBytes(1, 41))],
  [1, payloadOf([3, 1], join8(MAGIC, imageBytes(2, 30)))],
  [2, payloadOf([5, 9])],
]);

it('reads the headers of records, whole and split, from anywhere', async () => {
  const file = await opened(rec);
  const scan = recordScan(file);
  expect(await scan(0)).toEqual({ offset: 0, size: 8 + 24 + 41, labels: [7], imageBytes: 41 });
  expect(await scan(offsets.get(1)!)).toMatchObject({ labels: [3, 1], imageBytes: 34 });
  expect(await scan(offsets.get(2)!)).toMatchObject({ labels: [5, 9], imageBytes: 0 });
  expect(await scan(0)).toMatchObject({ imageBytes: 41 });
  await file.close();
});

it('walks from record to record', async () => {
  const file = await opened(rec);
  expect(await walkRecords(file)).toEqual({ offsets: [...offsets.values()], damage: new Map() });
  await file.close();
});

it('says why there is no record', async () => {
  const cut = rec.length - 10;
  const file = await opened(rec.subarray(0, cut));
  const scan = recordScan(file);
  const last = offsets.get(2)!;
  expect(await scan(last)).toBe(`a part of 32 bytes ends at ${last + 40}, the file at ${cut}`);
  expect(await scan(cut - 3)).toBe(`the file ends at ${cut}, within the head of a part at ${cut - 3}`);
  expect(await scan(2)).toBe('no part of a record (magic 0xCED7230A) begins at byte 2');
  expect(await scan(2 * cut)).toBe(`no record can begin at byte ${2 * cut}, the file has ${cut}`);
  await file.close();
});

it.each([
  ['a head that is no more', (bytes: Uint8Array, at: number) => bytes.fill(0, at, at + 8), /^no part of a record/],
  ['a length beyond the file', (bytes: Uint8Array, at: number) => bytes.fill(0xff, at + 4, at + 7), /^a part of/],
  [
    'a length beyond the next',
    (bytes: Uint8Array, at: number) => bytes.fill(200, at + 4, at + 5),
    /^it ends at \d+, but/,
  ],
])('goes on behind %s', async (_, harm, reason) => {
  const set = recordsOf([...Array(6).keys()].map((i) => [i, payloadOf(i, imageBytes(i, 40))]));
  const starts = [...set.offsets.values()];
  harm(set.rec, starts[2]!);
  const file = await opened(set.rec);
  const walked = await walkRecords(file);
  expect(walked.offsets).toEqual(starts);
  expect([...walked.damage.keys()]).toEqual([starts[2]]);
  expect(walked.damage.get(starts[2]!)).toMatch(reason);
  expect(walked.damage.get(starts[2]!)).toMatch(/; 72 bytes are passed over$/);
  await file.close();
});

it('goes on behind more damage than it reads at once', async () => {
  const middle = new Uint8Array(65_540);
  const file = await opened(join8(rec, middle, rec));
  const walked = await walkRecords(file);
  const starts = [...offsets.values()];
  expect(walked.offsets).toEqual([...starts, rec.length, ...starts.map((start) => start + rec.length + middle.length)]);
  expect([...walked.damage.keys()]).toEqual([rec.length]);
  await file.close();
});

it('walks an empty file in no step', async () => {
  const file = await opened(new Uint8Array(0));
  expect(await walkRecords(file)).toEqual({ offsets: [], damage: new Map() });
  await file.close();
});
