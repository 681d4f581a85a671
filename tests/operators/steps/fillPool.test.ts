import { memory } from '@tensorflow/tfjs-core';
import { from, lastValueFrom, toArray } from 'rxjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { metaPool } from '../../../operators/mining/metaPool.ts';
import { architecture, createModel, type Model } from '../../../operators/net/model.ts';
import { embed } from '../../../operators/steps/embed.ts';
import { fillPool } from '../../../operators/steps/fillPool.ts';
import { startEngine } from '../../../pipeline/engine/load.ts';
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
    const [, second] = await lastValueFrom(from(batches).pipe(embed({ model, flip: false }), toArray()));
    for (const [i, x] of second!.values.entries()) expect(filled.embeddings[4 * 8 + i]).toBeCloseTo(x, 5);
    expect(filled.pixels(Int32Array.of(6))).toEqual(batches[1]!.pixels.slice(2 * 768, 3 * 768));
    expect([filled.variation.pose[6], filled.variation.pose[5], filled.key(6)]).toEqual([5, -1, batches[1]!.keys[2]]);
  });
});

describe('fillPool as a stage', () => {
  const cases = { stage: () => fillPool({ pool: pool(), model }), inputs: batches, outputs: [4, 8, 12], single: [4] };
  for (const check of stageContract(cases)) {
    // Both subscriptions fill the caller's one pool: they are meant to disturb each other.
    it.skipIf(check.name.startsWith('two subscriptions'))(check.name, check.run);
  }
});
