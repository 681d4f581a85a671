import { expect, it } from 'vitest';
import { imageFolder } from '../../sources/imageFolder.ts';
import { listed } from '../../sources/listed.ts';
import { sourceContract } from '../contracts/source.ts';
import { drawn } from '../fixtures/drawn.ts';
import { folder, put } from '../fixtures/archives.ts';

const people = { people: ['ann', 'bob'], labels: [1, 0, 1, -1, 0] };

sourceContract('listed', {
  make: () => listed(drawn('s', people), ['4.jpg', '0.jpg', '3.jpg']),
  ids: ['s/4', 's/0', 's/3'],
  labels: [0, 1, -1],
  classes: ['ann', 'bob'],
  bytes: [4, 0, 3].map((i) => Uint8Array.of(i)),
});

it('says which images are missing, and which name means two', async () => {
  await expect(listed(drawn('s', people), ['4.jpg', '7.jpg', '8.jpg']).open()).rejects.toThrow(
    "s: 2 of the 3 images listed are missing, the first is '7.jpg'",
  );
  const here = folder();
  put(here, { 'a/1.jpg': '', 'b/1.png': '' });
  await expect(listed(imageFolder(here), ['1.jpg']).open()).rejects.toThrow(
    "expected one image '1', found 'a/1.jpg, b/1.png'",
  );
  const both = listed(imageFolder(here), ['b/1', 'a/1']);
  await both.open();
  expect([both.id(0), both.id(1)]).toEqual(['b/1.png', 'a/1.jpg']);
  await both.close();
});

it('brings points by the list, whatever was asked for', async () => {
  const points = Float32Array.from({ length: 20 }, (_, i) => i);
  const source = listed(drawn('s', people), ['4', '2'], points);
  const [second] = await source.read(Int32Array.of(1));
  expect([second!.id, [...second!.points!]]).toEqual(['s/2', [...points.subarray(10)]]);
  await source.close();
});
