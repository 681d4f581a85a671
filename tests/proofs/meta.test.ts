import { memory } from '@tensorflow/tfjs-core';
import { from, lastValueFrom } from 'rxjs';
import { beforeAll, expect, it } from 'vitest';
import { marginResiduals } from '../../operators/steps/marginResiduals.ts';
import { startEngine } from '../../pipeline/engine/load.ts';
import { inputs, metaTraining } from '../fixtures/metaTraining.ts';
import { gist, watchedMetaStep, type Fall } from './meta.ts';

beforeAll(async () => {
  await startEngine();
});

it('residuals lower the meta loss after the real step by what they promise, on drawn faces', async () => {
  const before = memory().numTensors;
  const { model, centres, margin, classifiers, pool, end } = await metaTraining();
  const twin = await metaTraining({}, undefined, false);
  const falls: Fall[] = [];
  const { stage, dispose } = watchedMetaStep({
    step: {
      model,
      centres,
      margin,
      classifiers,
      pool,
      seed: 3,
      schedule: () => 1e-3,
      rule: marginResiduals({ residualMax: 0.02 }),
      mining: { count: 2 },
    },
    twin,
    onFall: (fall) => falls.push(fall),
  });
  await lastValueFrom(from(inputs(0, 20)).pipe(stage));
  for (const letGo of [dispose, end, twin.end]) letGo();
  expect(memory().numTensors).toBe(before);
  const { counted, lower, ratio } = gist(falls);
  expect(counted).toBeGreaterThan(15);
  expect(lower).toBeGreaterThanOrEqual(0.9);
  expect(ratio).toBeGreaterThan(0.5);
  expect(ratio).toBeLessThan(2);
  // Without momentum yet and with next to no decay, the first step without residuals is the pseudo step: so batch, masks and classifiers
  // are those that the step had.
  expect(falls[0]!.loss / falls[0]!.reported).toBeCloseTo(1, 5);
});

it('counts only what promises enough, and takes the middle', () => {
  const fall = (promised: number, given: number): Fall => ({ promised, given, loss: 1, reported: 1 });
  const falls = [fall(1e-6, -1), fall(1e-4, 3e-4), fall(2e-4, -2e-4), fall(1e-3, 1e-3), fall(4e-5, 2e-5)];
  const { quartiles, ...rest } = gist(falls);
  expect(rest).toEqual({ counted: 4, lower: 0.75, ratio: 1 });
  expect(quartiles).toEqual([0.5, expect.closeTo(3, 12)]);
});
