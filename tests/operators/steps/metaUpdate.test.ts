import { Tensor } from '@tensorflow/tfjs-core';
import { from, lastValueFrom, toArray } from 'rxjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { adaFace } from '../../../operators/margins/adaFace.ts';
import { cosFace } from '../../../operators/margins/cosFace.ts';
import { classCentres } from '../../../operators/net/centres.ts';
import { architecture, createModel } from '../../../operators/net/model.ts';
import { marginResiduals } from '../../../operators/steps/marginResiduals.ts';
import { trainStep } from '../../../operators/steps/trainStep.ts';
import type { StateMap } from '../../../pipeline/contracts.ts';
import { startEngine } from '../../../pipeline/engine/load.ts';
import { CLASSES, inputs, metaTraining, run, SIDE } from '../../fixtures/metaTraining.ts';

/** The same training without meta: state after so many steps. */
async function plain(margin = adaFace({ s: 16 }), count = 1): Promise<StateMap> {
  const shape = { size: [SIDE, SIDE] as [number, number], units: [1, 1], widths: [4, 8], embedding: 8, dropout: 0.2 };
  const model = createModel(architecture('ir10', shape), { seed: 3 });
  const centres = classCentres({ dimension: 8, classes: CLASSES, seed: 3 });
  const step = trainStep({ model, centres, margin, schedule: () => 1e-3 });
  await lastValueFrom(from(inputs(0, count).map(([batch]) => batch)).pipe(step, toArray()));
  const state = step.state.save();
  for (const owner of [step, model, centres]) owner.dispose();
  margin.state?.dispose();
  return state;
}

const choose = (state: StateMap, names: RegExp): StateMap =>
  Object.fromEntries(Object.entries(state).filter(([name]) => names.test(name)));
/** ||a - b|| / ||b|| over all arrays. */
const apart = (a: StateMap, b: StateMap): number => {
  let [gap, size] = [0, 0];
  for (const [name, { data }] of Object.entries(b)) {
    data.forEach((x, i) => {
      gap += (a[name]!.data[i]! - x) ** 2;
      size += x ** 2;
    });
  }
  return Math.sqrt(gap / size);
};

describe('a meta update', () => {
  beforeAll(async () => {
    await startEngine();
  });

  it.each(['jvp', 'fdCentral', 'fdForward'] as const)(
    'moves running and margin statistics as one plain step does, not by its other passes: %s',
    async (hypergrad) => {
      const statistics = /running_|num_batches|^margin\./;
      const expected = choose(await plain(), statistics);
      expect(Object.keys(expected).length).toBeGreaterThan(10);
      for (const pseudo of ['sgd', 'optimizer', 'none'] as const) {
        const training = await metaTraining({ hypergrad, pseudo });
        await run(training.step, inputs(0, 1));
        expect(choose(training.step.state.save(), statistics)).toEqual(expected);
        training.end();
      }
    },
  );

  it('is a plain step where nothing is learned', async () => {
    const training = await metaTraining({ hypergrad: 'none' });
    await run(training.step, inputs(0, 3));
    const expected = await plain(adaFace({ s: 16 }), 3);
    expect(apart(training.step.state.save(), expected)).toBeLessThan(1e-5);
    training.end();
  });

  it('moves the optimiser once, by the gradient with residuals', async () => {
    const momentum = /^momentum\./;
    const before = choose(await plain(), momentum);
    const after = async (residualMax: number): Promise<number> => {
      const training = await metaTraining({ rule: marginResiduals({ residualMax }) });
      await run(training.step, inputs(0, 1));
      const found = apart(choose(training.step.state.save(), momentum), before);
      training.end();
      return found;
    };
    const [tiny, full] = [await after(1e-7), await after(0.1)];
    expect(tiny).toBeLessThan(1e-5);
    expect(full).toBeGreaterThan(1e-3);
    expect(full).toBeLessThan(1);
  });

  it('reads back once, at its end, but for the places that mining answers with', async () => {
    const training = await metaTraining({ logPerVariationEvery: 1 }, cosFace({ s: 16 }));
    await run(training.step, inputs(0, 1));
    const own = Tensor.prototype.dataSync;
    let reads = 0;
    Tensor.prototype.dataSync = function (this: Tensor) {
      if (!new Error().stack!.includes('/mining/')) reads++;
      return own.call(this);
    } as typeof own;
    try {
      await run(training.step, inputs(1, 2));
    } finally {
      Tensor.prototype.dataSync = own;
    }
    expect(reads).toBe(1);
    training.end();
  });

  it('gives the pool what the network now makes of the mined faces, and takes the candidates in', async () => {
    const training = await metaTraining();
    const { pool } = training;
    const before = pool.embeddings.slice();
    const [input] = inputs(0, 1);
    const [, faces] = input!;
    await run(training.step, [input!]);
    const rows = Array.from({ length: pool.filled }, (_, slot) => slot);
    const changed = rows.filter((slot) => [0, 1].some((d) => pool.embeddings[slot * 8 + d] !== before[slot * 8 + d]));
    expect(changed.length).toBeGreaterThanOrEqual(faces.length + 1);
    expect(changed.length).toBeLessThanOrEqual(faces.length + 4 * 2);
    expect(rows.map((slot) => pool.key(slot).position)).toEqual(expect.arrayContaining(faces.map(({ position }) => position))); // prettier-ignore
    training.end();
  });
});
