import { memory, tidy } from '@tensorflow/tfjs-core';
import { from, lastValueFrom, map, toArray } from 'rxjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { metaPool } from '../../../operators/mining/metaPool.ts';
import { architecture, createModel, type Model } from '../../../operators/net/model.ts';
import { fillPool } from '../../../operators/steps/fillPool.ts';
import { startEngine } from '../../../pipeline/engine/load.ts';
import type { Batch } from '../../../pipeline/items.ts';
import { closeTo } from '../../contracts/numbers.ts';
import { stageContract } from '../../contracts/stage.ts';
import { drawnBatch } from '../../fixtures/batches.ts';

const SMALL = { size: [16, 16] as [number, number], units: [1, 1], widths: [4, 8], embedding: 8 };
const pool = () => metaPool({ faces: 10, draws: 2, size: [16, 16], dimension: 8, seed: 1 });
const batches = [0, 1, 2].map((i) => drawnBatch(i, 4, 3, 16));
batches[1]!.variation.pose[2] = 5;

await startEngine();
const model: Model = createModel(architecture('ir10', SMALL), { seed: 5 });
beforeAll(async () => void (await startEngine()));
afterAll(() => model.dispose());

describe('fillPool', () => {
  it('puts faces with their embeddings, labels and keys', async () => {
    const before = memory().numTensors;
    const filled = pool();
    expect(await lastValueFrom(from(batches).pipe(fillPool({ pool: filled, model }), toArray()))).toEqual([4, 8, 12]);
    expect(memory().numTensors).toBe(before);
    const second = tidy(() => model.embed(model.normalise(batches[1]!.pixels, 4, [16, 16])).dataSync());
    for (const [i, x] of second.entries()) expect(filled.embeddings[4 * 8 + i]).toBeCloseTo(x, 5);
    expect(filled.pixels(Int32Array.of(6))).toEqual(batches[1]!.pixels.slice(2 * 768, 3 * 768));
    expect([filled.variation.pose[6], filled.variation.pose[5], filled.key(6)]).toEqual([5, -1, batches[1]!.keys[2]]);
  });

  it('embeds a face the same whoever comes along, and refuses another size', async () => {
    const [one, all] = [pool(), pool()];
    const five = drawnBatch(0, 5, 3, 16);
    const single = from(five.keys.keys()).pipe(map((i) => alone(five, i)), fillPool({ pool: one, model }), toArray()); // prettier-ignore
    expect(await lastValueFrom(single)).toEqual([1, 2, 3, 4, 5]);
    expect(await lastValueFrom(from([five]).pipe(fillPool({ pool: all, model })))).toBe(5);
    closeTo(one.embeddings, all.embeddings, 1e-5);
    const small = from([drawnBatch(0, 5, 3, 8)]).pipe(fillPool({ pool: all, model }));
    await expect(lastValueFrom(small)).rejects.toThrow('expected shape [5, 16, 16, 3], received [5, 8, 8, 3]');
    const other = metaPool({ faces: 10, size: [8, 8], dimension: 8, seed: 1 });
    await expect(lastValueFrom(from([five]).pipe(fillPool({ pool: other, model })))).rejects.toThrow(
      'metaPool at face-0: expected shape [8, 8, 3], received [768]',
    );
  });
});

function alone(batch: Batch, i: number): Batch {
  const { pixels, labels, ids, keys, variation } = batch;
  const cut = (column: Int32Array): Int32Array => column.subarray(i, i + 1);
  const own = Object.fromEntries(Object.entries(variation).map(([factor, column]) => [factor, cut(column)]));
  return {
    ...batch,
    pixels: pixels.subarray(768 * i, 768 * (i + 1)),
    labels: cut(labels),
    ids: [ids[i]!],
    keys: [keys[i]!],
    variation: own as Batch['variation'],
  };
}

describe('fillPool as a stage', () => {
  const cases = { stage: () => fillPool({ pool: pool(), model }), inputs: batches, outputs: [4, 8, 12], single: [4] };
  for (const check of stageContract(cases)) {
    // Both subscriptions fill the caller's one pool: they are meant to disturb each other.
    it.skipIf(check.name.startsWith('two subscriptions'))(check.name, check.run);
  }
});
