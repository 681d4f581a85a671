import { dispose, keep, memory, onesLike, tidy, type Tensor } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { softmax } from '../../../operators/margins/softmax.ts';
import { classCentres } from '../../../operators/net/centres.ts';
import type { Grads } from '../../../operators/net/layer.ts';
import { architecture, createModel } from '../../../operators/net/model.ts';
import { pseudoStep } from '../../../operators/steps/pseudoStep.ts';
import { sgd, type SgdOptions } from '../../../operators/steps/sgd.ts';
import { trainable, type Trained } from '../../../operators/steps/trainingState.ts';
import { startEngine } from '../../../pipeline/engine/load.ts';
import { closeTo, step as along } from '../../contracts/numbers.ts';

const FC = 'output_layer.3.weight';
const RATE = 0.1;
const read = (x: Tensor): Float32Array => x.dataSync<'float32'>().slice();

function trained(options: SgdOptions = {}): Trained & { end(): void } {
  const shape = { size: [8, 8] as [number, number], units: [1], widths: [4], embedding: 3 };
  const model = createModel(architecture('ir10', shape), { seed: 1 });
  const centres = classCentres({ dimension: 3, classes: 2, seed: 1 });
  const optimiser = sgd(options);
  return { model, centres, margin: softmax(), optimiser, end: () => [model, centres, optimiser].forEach((o) => o.dispose()) }; // prettier-ignore
}

/** A gradient of every parameter: its own values, but for a sign. */
const gradientOf = ({ model }: Trained): Grads =>
  Object.fromEntries(trainable(model).map(({ name }) => [name, model.params[name]!.clone()]));

describe('pseudoStep', () => {
  beforeAll(async () => {
    await startEngine({ want: 'cpu' });
  });

  it('goes by the gradient alone, and changes nothing', () => {
    const one = trained();
    const before = memory().numTensors;
    tidy(() => {
      const now = { ...one.model.params };
      const { params, gain } = pseudoStep('sgd', one, gradientOf(one), RATE);
      closeTo(read(params[FC]!), read(now[FC]!).map((w) => 0.9 * w)); // prettier-ignore
      expect(one.model.params).toEqual(now);
      expect(params['input_layer.1.running_mean']).toBe(now['input_layer.1.running_mean']);
      expect(gain.dataSync()[0]).toBeCloseTo(RATE, 7);
    });
    expect(memory().numTensors).toBe(before);
    one.end();
  });

  it("goes where the optimiser would go, and gives way by the bound's factor", () => {
    const one = trained({ momentum: 0.9, weightDecay: 0.01, clipNorm: 1e-3 });
    one.optimiser.velocity[FC] = keep(tidy(() => onesLike(one.model.params[FC]!)));
    tidy(() => {
      const grads = gradientOf(one);
      const { params, gain } = pseudoStep('optimizer', one, grads, RATE);
      const length = Math.sqrt(
        Object.values(grads).reduce((sum, g) => sum + read(g).reduce((s, x) => s + x * x, 0), 0),
      );
      const clip = 1e-3 / length;
      const w = read(one.model.params[FC]!);
      const moved = w.map((x) => 0.9 + 0.01 * x + clip * x);
      closeTo(read(params[FC]!), along(w, moved, -RATE));
      expect(gain.dataSync()[0]! / (RATE * clip)).toBeCloseTo(1, 3);
      expect(Object.keys(one.optimiser.velocity)).toEqual([FC]);
    });
    one.end();
  });

  it('stays where it is when it is none, and gives way all the same', () => {
    const one = trained();
    const { params, gain } = pseudoStep('none', one, {}, RATE);
    expect(params).toBe(one.model.params);
    expect(gain.dataSync()[0]).toBeCloseTo(RATE, 7);
    dispose(gain);
    one.end();
  });
});
