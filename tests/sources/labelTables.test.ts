import { existsSync, rmSync } from 'node:fs';
import { afterAll, expect, it } from 'vitest';
import { columnLabels, FAIRFACE_GROUPS, landmarkLabels } from '../../sources/labelTables.ts';
import { labelled } from '../../sources/labelled.ts';
import { openSource } from '../../sources/openSource.ts';
import { folder, put } from '../fixtures/archives.ts';

const here = folder(true);
afterAll(() => rmSync(here, { recursive: true }));
put(here, {
  'labels.csv': 'image,race,bin\n1.jpg,White,2\n2.jpg,Latino_Hispanic,\n3.jpg,toString,0\n',
  'wrong.csv': 'image,bin\n1.jpg,two\n',
  'points.csv':
    'image,eyeL_x,eyeL_y,eyeR_x,eyeR_y,nose_x,nose_y,mouthL_x,mouthL_y,mouthR_x,mouthR_y\n1.jpg,1,2,3,4,5,6,7,8,9,10\n2.jpg,,,,,,,,,,\n',
});

it('reads labels from a column, by text or as they stand', async () => {
  const race = await columnLabels(`${here}/labels.csv`, { column: 'race', classes: FAIRFACE_GROUPS });
  expect(['1.jpg', '2.jpg', '3.jpg', '4.jpg'].map(race)).toEqual([1, undefined, undefined, undefined]);
  const bin = await columnLabels(`${here}/labels.csv`, { column: 'bin' });
  expect(['1.jpg', '2.jpg', '3.jpg'].map(bin)).toEqual([2, undefined, 0]);
  const wrong = await columnLabels(`${here}/wrong.csv`, { column: 'bin' });
  expect(() => wrong('1.jpg')).toThrow("wrong.csv: expected a label in bin of '1.jpg', found 'two'");
  await expect(columnLabels(`${here}/labels.csv`, { column: 'age' })).rejects.toThrow('columns age');
});

it('makes labels of landmarks, where there are any', async () => {
  const label = await landmarkLabels(`${here}/points.csv`, (points) => points[9]!);
  expect(['1.jpg', '2.jpg', '3.jpg'].map(label)).toEqual([10, undefined, undefined]);
});

const FAIRFACE = '../shared/data/fairface_val';
it.skipIf(!existsSync(FAIRFACE))(
  'brings FairFace to four groups of 300, 900 left out (needs ../shared/data)',
  async () => {
    const race = await columnLabels(`${FAIRFACE}/labels.csv`, { column: 'race', classes: FAIRFACE_GROUPS });
    const faces = labelled(await openSource(`${FAIRFACE}/fairface112.tar.gz`), { ethnicity: race });
    await faces.open();
    const counts = [-1, 0, 1, 2, 3].map((label) => faces.variation!.ethnicity!.filter((x) => x === label).length);
    expect(counts).toEqual([900, 300, 300, 300, 300]);
    expect(faces.labels.every((label) => label === -1)).toBe(true);
    await faces.close();
  },
);
