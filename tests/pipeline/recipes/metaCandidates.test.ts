import { memory } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { architecture, batch, createModel, metaPool, type MetaPool } from '../../../operators/index.ts';
import { startEngine } from '../../../pipeline/engine/load.ts';
import { graph } from '../../../pipeline/graph.ts';
import type { Batch, Sample } from '../../../pipeline/items.ts';
import { candidates, fillMetaPool, restoreMetaPool } from '../../../pipeline/recipes/metaCandidates.ts';
import { run } from '../../../pipeline/run.ts';
import { workers } from '../../../pipeline/workers.ts';
import { toEach } from '../../../sinks/each.ts';
import { drawnFaces } from '../../../sources/drawnFaces.ts';

const FACES = 6;
const set = { faces: drawnFaces({ people: 3, perPerson: 2, size: 32, seed: 5 }), seed: 9, size: [32, 32] as const };
const options = { ...set, augment: { flip: 0.5, blur: 0.5, occlude: 0.5 }, threads: 0 };
const pool = (): MetaPool => metaPool({ faces: FACES, draws: 4, size: [32, 32], dimension: 8, seed: 2 });
const all = (of: MetaPool): Int32Array => Int32Array.from({ length: of.filled }, (_, slot) => slot);

it('fills a pool, and gives a resumed one every pixel back', async () => {
  await startEngine();
  await set.faces.open();
  const before = memory().numTensors;
  const model = createModel(architecture('ir10', { size: [32, 32], widths: [4, 4, 8, 8], embedding: 8 }), { seed: 1 });
  const filled = pool();
  await fillMetaPool(filled, model, options);
  expect([filled.filled, filled.taken]).toEqual([24, 24]);
  // Every image in four draws, of which no two need be the same.
  const keys = Array.from(all(filled), (slot) => filled.key(slot));
  for (let epoch = 0; epoch < 4; epoch++)
    expect(keys.filter((key) => key.epoch === epoch).map(({ index }) => index).toSorted()).toEqual([0, 1, 2, 3, 4, 5]); // prettier-ignore
  expect(new Set(Array.from(all(filled), (slot) => String(filled.pixels(Int32Array.of(slot))))).size).toBeGreaterThan(
    18,
  );
  expect(new Set(filled.variation.blur).size).toBeGreaterThan(1);

  const resumed = pool();
  resumed.state.load(filled.state.save());
  await restoreMetaPool(resumed, { ...options, threads: 1 });
  expect(resumed.pixels(all(resumed))).toEqual(filled.pixels(all(filled)));
  expect(resumed.missing()).toEqual([]);
  // Full and whole: nothing is read.
  await fillMetaPool(resumed, model, options);
  await restoreMetaPool(resumed, options);
  expect(resumed.state.save()).toEqual(filled.state.save());

  const other = pool();
  other.state.load(filled.state.save());
  await expect(restoreMetaPool(other, { ...options, augment: {} })).rejects.toThrow(/had the (blur|occlusion) label/);
  model.dispose();
  expect(memory().numTensors).toBe(before);
});

it('goes on in the middle of its candidates, and stands beside batches in a join', async () => {
  const draws = async (from: number, count: number): Promise<Sample[]> => {
    const seen: [Batch, Sample[]][] = [];
    const faces = drawnFaces({ people: 2, perPerson: 4, size: 32, seed: 8 });
    const training = graph('train', { seed: 4 })
      .source('faces', faces, { epochs: 4 })
      .pipe('prepare', workers<Sample>('rxface/operators/prepare', { threads: 0, size: [32, 32] }))
      .pipe('batch', batch(4), { capacity: 2 }); // prettier-ignore
    const joined = training.join('meta batches', candidates(options, from), { take: 2, capacity: 1 });
    await run(joined.sink('see', toEach<[Batch, Sample[]]>((item) => void seen.push(item)))); // prettier-ignore
    return seen.flatMap(([, faces_]) => faces_).slice(0, count);
  };
  const whole = await draws(0, 16);
  const rest = await draws(7, 9);
  const essence = ({ pixels, variation, index, epoch, position }: Sample): unknown => ({ pixels, variation, index, epoch, position }); // prettier-ignore
  expect(rest.map(essence)).toEqual(whole.slice(7).map(essence));
  expect(whole[7]).toMatchObject({ epoch: 1, position: 1 });
});
