import { expect, it } from 'vitest';
import { open } from '../../pipeline/files/read.ts';
import { recordImages } from '../../sources/recordImages.ts';
import { folder, imageBytes, payloadOf, put, recordsOf } from '../fixtures/archives.ts';

const find = async (set: ReturnType<typeof recordsOf>, idx: string | undefined = set.idx) => {
  const here = folder();
  put(here, { 'a.rec': set.rec, ...(idx !== '' && { 'a.idx': idx }) });
  const file = await open(`${here}/a.rec`);
  return recordImages(file, 10).finally(() => file.close());
};

it('tells images from header and identity records, whose order in the file is another', async () => {
  const set = recordsOf([
    [3, payloadOf([1, 2])],
    [2, payloadOf([4, 9, 9], imageBytes(2))],
    [0, payloadOf([3, 4])],
    [1, payloadOf(5, imageBytes(1))],
  ]);
  const { keys, labels, offsets, faults } = await find(set);
  expect([keys, labels, faults]).toEqual([[1, 2], [5, 4], []]);
  expect(offsets).toEqual([set.offsets.get(1), set.offsets.get(2)]);
});

it('takes an image record without an image for a fault, not for an identity', async () => {
  const set = recordsOf([[0, payloadOf([3, 4])], [1, payloadOf([5, 6])], [2, payloadOf(1, imageBytes(2))], [3, payloadOf([1, 3])]]); // prettier-ignore
  const { keys, faults } = await find(set);
  expect(keys).toEqual([2]);
  expect(faults.map(({ reason }) => reason)).toEqual(['record 1: it holds no image']);
});

it('knows identity records also where there is no .idx, or the header record is broken', async () => {
  const records = [[1, payloadOf(5, imageBytes(1))], [2, payloadOf([1, 2])], [0, payloadOf([2, 3])]] as const; // prettier-ignore
  expect(await find(recordsOf(records), '')).toMatchObject({ keys: [0], faults: [] });
  const set = recordsOf(records);
  const { keys, faults } = await find({ ...set, rec: set.rec.subarray(0, -4) });
  expect(keys).toEqual([1]);
  expect(faults).toHaveLength(1);
  expect(faults[0]!.reason).toMatch(/^record 0: a part of 32 bytes ends at/);
});
