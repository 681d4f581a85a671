import { expect, it } from 'vitest';
import { heldFaces } from '../../../../pipeline/cli/bench/heldFaces.ts';
import { drawnFaces } from '../../../../sources/drawnFaces.ts';

it('reads the first faces of a source, at most those there are', async () => {
  const source = () => drawnFaces({ people: 2, perPerson: 2, size: 32 });
  const ids = async (images: number) => (await heldFaces(source(), images)).map(({ index }) => index);
  expect([await ids(3), await ids(9)]).toEqual([[0, 1, 2], [0, 1, 2, 3]]); // prettier-ignore
});
