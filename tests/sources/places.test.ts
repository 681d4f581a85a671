import { expect, it } from 'vitest';
import { open } from '../../pipeline/files/read.ts';
import { closePlaces, noPlaces, placeOf, readPlaces } from '../../sources/places.ts';
import { folder, put } from '../fixtures/archives.ts';

it('reads places of several files in the order asked for', async () => {
  const here = folder();
  put(here, { a: 'abcdef', b: 'uvwxyz' });
  const places = noPlaces();
  places.files.push(await open(`${here}/a`), await open(`${here}/b`));
  places.paths.push('a', 'b');
  places.file.push(0, 1, 0);
  places.offset.push(1, 0, 4);
  places.size.push(2, 6, 1);
  const read = await readPlaces(places, Int32Array.of(2, 1, 0, 2), (bytes) => new TextDecoder().decode(bytes));
  expect(read).toEqual(['e', 'uvwxyz', 'bc', 'e']);
  expect(placeOf(places, 2)).toEqual({ file: 'a', offset: 4 });
  await closePlaces(places);
});
