import { memory, neg } from '@tensorflow/tfjs-core';
import { from, lastValueFrom } from 'rxjs';
import { beforeAll, expect, it } from 'vitest';
import { marginResiduals } from '../../operators/steps/marginResiduals.ts';
import type { MetaRule } from '../../operators/steps/metaRule.ts';
import { startEngine } from '../../pipeline/engine/load.ts';
import { inputs, metaTraining } from '../fixtures/metaTraining.ts';
import { gist, watchedMetaStep, type Fall } from './meta.ts';

beforeAll(async () => {
  await startEngine();
});

const rule = marginResiduals({ residualMax: 0.02 });

/** The falls of the first iterations of a tiny training. */
async function fallsBy(learned: MetaRule, iterations: number): Promise<Fall[]> {
  const { model, centres, margin, classifiers, pool, end } = await metaTraining();
  const twin = await metaTraining({}, undefined, false);
  const falls: Fall[] = [];
  const step = { model, centres, margin, classifiers, pool, seed: 3, rule: learned, mining: { count: 2 } };
  const { stage, dispose } = watchedMetaStep({
    step: { ...step, schedule: () => 1e-3 },
    twin,
    onFall: (fall) => falls.push(fall),
  });
  await lastValueFrom(from(inputs(0, iterations)).pipe(stage));
  for (const letGo of [dispose, end, twin.end]) letGo();
  return falls;
}

it('residuals lower the meta loss after the real step by what they promise, on drawn faces', async () => {
  const before = memory().numTensors;
  const falls = await fallsBy(rule, 20);
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

it('shows a rule that takes residuals the other way', async () => {
  const wrong: MetaRule = {
    name: 'wrong',
    apply: ({ dWeight, ...rest }) => rule.apply({ dWeight: neg(dWeight), ...rest }),
  };
  const { counted, lower, ratio } = gist(await fallsBy(wrong, 8));
  expect(counted).toBeGreaterThan(5);
  expect(lower).toBe(0);
  expect(ratio).toBeLessThan(-0.5);
});

it('counts only what promises enough, and takes the middle', () => {
  const fall = (promised: number, given: number): Fall => ({ promised, given, loss: 1, reported: 1 });
  const falls = [fall(1e-6, -1), fall(1e-4, 3e-4), fall(2e-4, -2e-4), fall(1e-3, 1e-3), fall(4e-5, 2e-5)];
  const { quartiles, ...rest } = gist(falls);
  expect(rest).toEqual({ counted: 4, lower: 0.75, ratio: 1 });
  expect(quartiles).toEqual([0.5, expect.closeTo(3, 12)]);
});
