import { memory } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { metaPool } from '../../../operators/mining/metaPool.ts';
import { architecture, createModel } from '../../../operators/net/model.ts';
import { replenish } from '../../../operators/steps/replenish.ts';
import { startEngine } from '../../../pipeline/engine/load.ts';
import type { Sample } from '../../../pipeline/items.ts';
import { closeTo } from '../../contracts/numbers.ts';
import { drawnBatch } from '../../fixtures/batches.ts';

it('embeds what it takes the same whoever comes along, and refuses another size', async () => {
  await startEngine();
  const before = memory().numTensors;
  const small = { size: [16, 16] as [number, number], units: [1, 1], widths: [4, 8], embedding: 8 };
  const model = createModel(architecture('ir10', small), { seed: 5 });
  const [one, all] = [0, 1].map(() => metaPool({ faces: 9, size: [16, 16], dimension: 8, seed: 1 }));
  const { pixels } = drawnBatch(0, 5, 3, 16);
  const faces = Array.from({ length: 5 }, (_, i): Sample => ({
    epoch: 0,
    position: i,
    index: i,
    id: `${i}`,
    label: -1,
    pixels: pixels.slice(768 * i, 768 * (i + 1)),
    size: [16, 16],
  }));
  expect([...replenish(all!, model, faces)]).toEqual([0, 1, 2, 3, 4]);
  for (const face of faces) replenish(one!, model, [face]);
  closeTo(one!.embeddings, all!.embeddings, 1e-5);
  expect(() => replenish(all!, model, [{ ...faces[0]!, pixels: new Uint8Array(12) }])).toThrow(
    'metaPool at 0: expected shape [16, 16, 3], received [12]',
  );
  model.dispose();
  expect(memory().numTensors).toBe(before);
});
