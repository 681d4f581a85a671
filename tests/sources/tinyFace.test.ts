import { expect, it } from 'vitest';
import { tinyFace, tinyFaceImages } from '../../sources/tinyFace.ts';
import { imageFolder } from '../../sources/imageFolder.ts';
import { folder, put } from '../fixtures/archives.ts';

it('reads kinds from folders and people from names, distractors last', async () => {
  const here = folder();
  put(here, {
    'n.txt': 'T/Gallery_Distractor/a.jpg\nT/Probe/12_3.jpg\nT/Gallery_Match/12_4.jpg\r\nT/Gallery_Match/x/7_1.png\n',
    'wrong.txt': 'T/Probe/12_3.jpg\nT/Other/1_2.jpg\n',
    'nobody.txt': 'T/Probe/a_3.jpg\n',
  });
  expect(await tinyFace(`${here}/n.txt`)).toEqual({
    images: 4,
    probes: { rows: Int32Array.of(1), people: Int32Array.of(12) },
    gallery: { rows: Int32Array.of(2, 3, 0), people: Int32Array.of(12, 7, -100) },
  });
  await expect(tinyFace(`${here}/wrong.txt`)).rejects.toThrow('a person in line 2');
  await expect(tinyFace(`${here}/nobody.txt`)).rejects.toThrow('a person in line 1');
});

it('gives the images probes first, then matches, then distractors', async () => {
  const here = folder();
  const names = ['Gallery_Distractor/9.jpg', 'Gallery_Match/7_1.jpg', 'Gallery_Match/7_2.jpg', 'Probe/7_3.png', 'Probe/8_1.jpg']; // prettier-ignore
  put(here, Object.fromEntries(names.map((name) => [name, name])));
  const source = imageFolder(here);
  await source.open();
  const { faces, list } = tinyFaceImages(source);
  expect(list).toEqual({
    images: 5,
    probes: { rows: Int32Array.of(0, 1), people: Int32Array.of(7, 8) },
    gallery: { rows: Int32Array.of(2, 3, 4), people: Int32Array.of(7, 7, -100) },
  });
  const samples = await faces.read(Int32Array.of(0, 4));
  expect(samples.map(({ bytes }) => new TextDecoder().decode(bytes))).toEqual([names[3], names[0]]);
  await faces.close();
  put(here, { 'Elsewhere/1_1.jpg': '' });
  await source.open();
  expect(() => tinyFaceImages(source)).toThrow(
    /folder rxface-test.*: expected Probe, .* and a person, found 'Elsewhere/,
  );
  await source.close();
});
