import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { memory } from '@tensorflow/tfjs-core';
import { Subject } from 'rxjs';
import { expect, it } from 'vitest';
import { cosFace } from '../../operators/margins/cosFace.ts';
import { classCentres } from '../../operators/net/centres.ts';
import { architecture, createModel } from '../../operators/net/model.ts';
import { trainStep } from '../../operators/steps/trainStep.ts';
import { startEngine } from '../../pipeline/engine/load.ts';
import type { Batch } from '../../pipeline/items.ts';
import { drawnBatch } from '../fixtures/batches.ts';

// What is held, not what waits for the collector.
setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

it('50 training steps hold the tensors of step 5 and at most 3 % more memory than step 10', async ({ skip }) => {
  if ((await startEngine()).backend !== 'native') skip('resident memory is the native engine’s');
  const model = createModel(architecture('ir10', { embedding: 256 }), { seed: 1 });
  const centres = classCentres({ dimension: 256, classes: 400, seed: 1 });
  const step = trainStep({ model, centres, margin: cosFace({ s: 32, m: 0.35 }), schedule: () => 0.01 });
  const batches = new Subject<Batch>();
  const [tensors, resident]: [number[], number[]] = [[], []];
  batches.pipe(step).subscribe(() => {
    tensors.push(memory().numTensors);
    if (tensors.length % 10 === 0) collect();
    resident.push(process.memoryUsage.rss());
  });
  const batch = drawnBatch(0, 32, 5, 112);
  for (let i = 0; i < 50; i++) {
    batches.next(batch);
    await new Promise(setImmediate);
  }
  expect(tensors).toHaveLength(50);
  expect(tensors.slice(4)).toEqual(Array.from({ length: 46 }, () => tensors[4]));
  expect(resident[49]! / resident[9]!).toBeLessThan(1.03);
  step.dispose();
  centres.dispose();
  model.dispose();
  expect(memory().numTensors).toBe(0);
});
