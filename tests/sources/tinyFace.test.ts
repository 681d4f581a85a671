import { expect, it } from 'vitest';
import { tinyFace } from '../../sources/tinyFace.ts';
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
