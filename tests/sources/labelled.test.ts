import { expect, it } from 'vitest';
import { concat } from '../../sources/concat.ts';
import { drop } from '../../sources/drop.ts';
import { drawnFaces } from '../../sources/drawnFaces.ts';
import { labelled } from '../../sources/labelled.ts';
import { landmarks } from '../../sources/landmarks.ts';
import { LANDMARK_COLUMNS } from '../../sources/parse/landmarkTable.ts';
import { slice } from '../../sources/slice.ts';
import { folder, put } from '../fixtures/archives.ts';
import { only } from '../../sources/only.ts';
import { sourceContract } from '../contracts/source.ts';
import { drawn } from '../fixtures/drawn.ts';

const people = { people: ['ann'], labels: [0, 0, -1] };
const make = () => labelled(drawn('s', people), { pose: (id) => (id === 's/1' ? undefined : 4) });

sourceContract('labelled', {
  make,
  ids: ['s/0', 's/1', 's/2'],
  labels: [0, 0, -1],
  classes: ['ann'],
  bytes: [0, 1, 2].map((i) => Uint8Array.of(i)),
});

it('says its labels once open, and gives them with the images', async () => {
  const source = make();
  expect(source.variation).toBeUndefined();
  const read = await source.read(Int32Array.of(2, 1));
  expect(source.variation).toEqual({ pose: Int32Array.of(4, -1, 4) });
  expect(read.map(({ variation }) => variation)).toEqual([{ pose: 4 }, {}]);
});

it('keeps the labels that records bring where it says nothing', async () => {
  const drawnOnes = () => drawnFaces({ people: 1, perPerson: 2, size: 16 });
  const own = await drawnOnes().read(Int32Array.of(0, 1));
  const faces = labelled(drawnOnes(), { pose: (id) => (id.endsWith('/0000.jpg') ? undefined : 6) });
  const read = await faces.read(Int32Array.of(0, 1));
  expect(read.map(({ variation }) => variation)).toEqual([own[0]!.variation, { ...own[1]!.variation, pose: 6 }]);
});

it('goes through concat and only', async () => {
  const both = only(
    concat(make(), drawn('t', people), labelled(drawn('u', people), { blur: () => 1 })),
    (id) => !id.endsWith('/0'),
  );
  await both.open();
  expect(both.variation).toEqual({
    pose: Int32Array.of(-1, 4, -1, -1, -1, -1),
    blur: Int32Array.of(-1, -1, -1, -1, 1, 1),
  });
  await both.close();
  const plain = concat(drawn('a', people), drawn('b', people));
  await plain.open();
  expect(plain.variation).toBeUndefined();
});

it('goes through drop, slice and landmarks', async () => {
  const two = { people: ['ann', 'bob'], labels: [0, 1, -1] };
  const source = () => labelled(drawn('s', two), { pose: (id) => Number(id.slice(2)) });
  const here = folder();
  put(here, { 'points.csv': `image,${LANDMARK_COLUMNS.join()}\ns/0,${LANDMARK_COLUMNS.map(() => 1).join()}\n` });
  for (const [made, pose] of [
    [drop(source(), ['ann']), [1, 2]],
    [slice(source(), { part: 1, of: 2 }), [1, 2]],
    [landmarks(source(), `${here}/points.csv`), [0, 1, 2]],
  ] as const) {
    await made.open();
    expect([...made.variation!.pose!]).toEqual(pose);
  }
});

it('refuses a variation that labels nobody, and what is no label', async () => {
  const source = drawn('s', people);
  await expect(labelled(source, { pose: () => undefined }).open()).rejects.toThrow(
    "s: no image has a label for pose, not even 's/0'",
  );
  await expect(labelled(source, { pose: () => 1.5 }).open()).rejects.toThrow("the pose of 's/0' is no label: 1.5");
});
