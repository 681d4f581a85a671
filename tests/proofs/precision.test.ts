import { beforeAll, expect, it } from 'vitest';
import { architecture } from '../../operators/net/model.ts';
import { requireBfloat16 } from '../../pipeline/engine/bfloat16.ts';
import { startEngine } from '../../pipeline/engine/load.ts';
import { drawnFaces } from '../../sources/drawnFaces.ts';
import { furthestApart, lossesIn, movingAverage } from './precision.ts';

let fast = true;
beforeAll(async () => {
  await startEngine();
  try {
    requireBfloat16();
  } catch {
    fast = false;
  }
});

it('the loss falls in bfloat16 as in float32, on drawn faces', async ({ skip }) => {
  if (!fast) skip('no fast bfloat16 here');
  const network = architecture('ir10', { size: [32, 32], widths: [16, 16, 32, 32], embedding: 64 });
  const course = { architecture: network, batch: 16, steps: 40, lr: 0.01, warmup: 8, seed: 7 }; // where it is larger, float32 parts from itself as far, begun at a rate 0.1 % other
  const faces = () => drawnFaces({ people: 10, perPerson: 20, size: 32, aligned: true });
  const [wide, short] = [await lossesIn('float32', faces(), course), await lossesIn('bfloat16', faces(), course)];
  expect(wide).toHaveLength(40);
  expect(movingAverage(wide, 20).at(-1)).toBeLessThan(0.95 * movingAverage(wide, 20)[0]!);
  expect(short).not.toEqual(wide);
  expect(furthestApart(short, wide, 20)).toBeLessThan(0.02);
});

it('is as far apart as the worst window', () => {
  expect(movingAverage([1, 3, 5, 9], 2)).toEqual([2, 4, 7]);
  expect(furthestApart([1, 3, 5, 9], [1, 3, 5, 9], 2)).toBe(0);
  expect(furthestApart([2, 2, 6, 8], [1, 3, 5, 3], 2)).toBeCloseTo(3 / 4, 12);
});
