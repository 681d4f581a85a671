import { memory, scalar, tensor, tensor2d, tidy, type Tensor } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { createScope } from '../../../operators/net/scope.ts';
import { slopeByWeight, tangent } from '../../../operators/steps/hypergradient.ts';
import { startEngine } from '../../../pipeline/engine/load.ts';
import { closeTo, dot, step, wave } from '../../contracts/numbers.ts';
import { batchX, caseTrained } from '../../fixtures/metaCase.ts';

const WEIGHT = 'body.1.res_layer.1.weight';
const read = (x: Tensor): Float32Array => x.dataSync<'float32'>().slice();

describe('hypergradient', () => {
  beforeAll(async () => {
    await startEngine();
  });

  it('has one tangent three ways, leaving activations and statistics as they are', () => {
    const trained = caseTrained('classVolume');
    const { model } = trained;
    const before = memory().numTensors;
    tidy(() => {
      const scope = createScope({ keeps: true });
      const mode = { train: true, updateStats: true, step: 1, seed: 2 };
      const x = batchX();
      const embedding = model.forward(x.clone(), mode, scope);
      const statistics = { ...scope.statistics };
      const along = { [WEIGHT]: tensor(wave(model.params[WEIGHT]!.size, 2.3), model.params[WEIGHT]!.shape) };
      const at = { model, mode, scope, embedding, x };
      const exact = read(tangent('jvp', at, along));
      for (const [kind, tolerance] of [
        ['fdForward', 2e-2],
        ['fdCentral', 2e-2],
      ] as const) {
        // prettier-ignore
        const gap = step(read(tangent(kind, at, along)), exact, -1);
        expect(Math.sqrt(dot(gap, gap) / dot(exact, exact))).toBeLessThan(tolerance);
      }
      expect(read(tangent('jvp', at, along))).toEqual(exact);
      expect(scope.statistics).toEqual(statistics);
    });
    expect(memory().numTensors).toBe(before);
    trained.end();
  });

  it('is negative for a sample whose gradient the meta loss asks for', () => {
    const slopes = tidy(() =>
      read(slopeByWeight(tensor2d([1, 2, -1, 0], [2, 2]), tensor2d([3, 1, 2, 9], [2, 2]), scalar(0.1))),
    );
    closeTo(slopes, [-0.05 * 5, -0.05 * -2]);
  });
});
