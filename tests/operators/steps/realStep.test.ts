import { memory, ones, onesLike, tidy } from '@tensorflow/tfjs-core';
import { beforeAll, expect, it } from 'vitest';
import { softmax } from '../../../operators/margins/softmax.ts';
import { CENTRES, classCentres } from '../../../operators/net/centres.ts';
import { architecture, createModel } from '../../../operators/net/model.ts';
import { createScope } from '../../../operators/net/scope.ts';
import { groupsOf, realStep } from '../../../operators/steps/realStep.ts';
import { sgd } from '../../../operators/steps/sgd.ts';
import { startEngine } from '../../../pipeline/engine/load.ts';

const MEAN = 'input_layer.1.running_mean';

beforeAll(async () => {
  await startEngine({ want: 'cpu' });
});

it('moves backbone and centres, then puts the new running statistics in their place', () => {
  const before = memory().numTensors;
  const shape = { size: [8, 8] as [number, number], units: [1], widths: [4], embedding: 3 };
  const model = createModel(architecture('ir10', shape), { seed: 1 });
  const centres = classCentres({ dimension: 3, classes: 2, seed: 1 });
  const trained = { model, centres, margin: softmax(), optimiser: sgd({ weightDecay: 0, clipNorm: 1e9 }) };
  const held = memory().numTensors;
  tidy(() => {
    const scope = createScope({ keeps: true });
    scope.statistics[MEAN] = ones([4]);
    const kernel = centres.params[CENTRES].arraySync();
    const grads = Object.fromEntries(
      groupsOf(model, centres)
        .filter((group) => 'params' in group)
        .flatMap(({ params, specs }) => specs.map(({ name }) => [name, onesLike(params[name]!)])),
    );
    expect(Object.keys(grads)).not.toContain(MEAN);
    expect(realStep(trained, centres, grads, scope, 0.5).gradientNorm!.dataSync()[0]).toBeGreaterThan(1);
    expect(centres.params[CENTRES].arraySync()[0]![0]).toBeCloseTo(kernel[0]![0]! - 0.5, 5);
    expect([...model.params[MEAN]!.dataSync()]).toEqual([1, 1, 1, 1]);
    expect(scope.statistics).toEqual({});
  });
  expect(memory().numTensors).toBe(held + Object.keys(trained.optimiser.velocity).length);
  for (const owner of [model, centres, trained.optimiser]) owner.dispose();
  expect(memory().numTensors).toBe(before);
});
