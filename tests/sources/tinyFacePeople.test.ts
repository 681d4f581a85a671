import { existsSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { imageFolder } from '../../sources/imageFolder.ts';
import { tinyFace, tinyFaceImages } from '../../sources/tinyFace.ts';
import { tinyFacePeople } from '../../sources/tinyFacePeople.ts';
import { folder, put } from '../fixtures/archives.ts';

const written = JSON.parse(readFileSync(new URL('../fixtures/mat.json', import.meta.url), 'utf8')) as Record<string, string>; // prettier-ignore
const mat = (name: string): Buffer => Buffer.from(written[name]!, 'base64');

it('reads names and people, and holds a list of names and images to them', async () => {
  const here = folder();
  put(here, { 'probe_img_ID_pairs.mat': mat('compressed'), 'gallery_match_img_ID_pairs.mat': mat('gallery') });
  const people = await tinyFacePeople(here);
  expect([...people.Probe]).toEqual([['7_1', 7], ['7_2', 7], ['12_3', 12], ['300_4', 300]]); // prettier-ignore
  expect([...people.Gallery_Match]).toEqual([['7_9', 7]]);
  const names = [
    'T/Probe/7_1.png',
    'T/Probe/7_2.jpg',
    'T/Probe/12_3.jpg',
    'T/Probe/300_4.jpg',
    'T/Gallery_Match/7_9.jpg',
  ];
  put(here, { 'all.txt': names.join('\n'), 'few.txt': names.slice(1).join('\n'), ...Object.fromEntries(names.map((name) => [name, '']))}); // prettier-ignore
  expect((await tinyFace(`${here}/all.txt`, people)).images).toBe(5);
  await expect(tinyFace(`${here}/few.txt`, people)).rejects.toThrow(
    "few.txt: 1 of the 4 images of Probe are missing, the first is '7_1'",
  );
  const source = imageFolder(`${here}/T`);
  await source.open();
  expect(tinyFaceImages(source, people).list.images).toBe(5);
  const other = { ...people, Gallery_Match: new Map([['7_9', 12]]) };
  expect(() => tinyFaceImages(source, other)).toThrow("folder T: the lists have '7_9' as person 12, who is 12 by name elsewhere"); // prettier-ignore
  const renumbered = { Probe: new Map([['7_1', 1], ['12_3', 2]]), Gallery_Match: new Map([['7_9', 1]]) }; // prettier-ignore
  expect(tinyFaceImages(source, renumbered).list.images).toBe(5);
  await source.close();
});

it('names the file that holds something else', async () => {
  const here = folder();
  put(here, { 'probe_img_ID_pairs.mat': mat('gallery'), 'gallery_match_img_ID_pairs.mat': mat('gallery') });
  await expect(tinyFacePeople(here)).rejects.toThrow('probe_img_ID_pairs.mat: expected probe_ids and probe_set');
});

const real = '../shared/data/tinyface_protocol';
it.skipIf(!existsSync(real))("reads TinyFace's own lists (skipped without the data beside)", async () => {
  const { Probe, Gallery_Match } = await tinyFacePeople(real);
  expect([Probe.size, Gallery_Match.size]).toEqual([3728, 4443]);
  const both = [...Probe, ...Gallery_Match].map(([name, person]) => [person, Number(/^(\d+)_/.exec(name)?.[1])]);
  // Numbers of people in the lists and in the names differ, but one stands for one.
  const count = (of: unknown[]): number => new Set(of).size;
  expect([count(both.map(([person]) => person)), count(both.map(([, name]) => name)), count(both.map(String))]).toEqual([2569, 2569, 2569]); // prettier-ignore
});
