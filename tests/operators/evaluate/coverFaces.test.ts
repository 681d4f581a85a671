import { from, lastValueFrom, toArray } from 'rxjs';
import { expect, it } from 'vitest';
import { coverFaces } from '../../../operators/evaluate/coverFaces.ts';
import type { Sample } from '../../../pipeline/items.ts';
import { stageContract } from '../../contracts/stage.ts';

const face = (at: number): Sample => ({ epoch: 0, position: at, index: at, id: `${at}`, label: 0, pixels: new Uint8Array(48).fill(9), size: [4, 4] }); // prettier-ignore
const blocks = new Map([['1', { side: 2, left: 1, top: 2 }]]);
const [whole, given] = [face(0), face(1)];
const covered = { ...face(1), pixels: given.pixels!.slice() };
for (const row of [2, 3]) covered.pixels.fill(0, (4 * row + 1) * 3, (4 * row + 3) * 3);

it('covers those that are listed, in a copy', async () => {
  const seen = await lastValueFrom(from([whole, given]).pipe(coverFaces(blocks), toArray()));
  expect(seen[0]).toBe(whole);
  expect(seen[1]).toEqual(covered);
  expect(given).toEqual(face(1));
  const bare = { ...given };
  delete bare.pixels;
  await expect(lastValueFrom(from([bare]).pipe(coverFaces(blocks)))).rejects.toThrow('coverFaces at 1: no pixels');
});

const cases = { stage: () => coverFaces(blocks), inputs: [whole, given], outputs: [whole, covered], single: [whole] };
for (const { name, run } of stageContract(cases)) it(name, run);
