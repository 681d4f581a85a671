import { memory, tensor } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { adaFace } from '../../../operators/margins/adaFace.ts';
import { classCentres } from '../../../operators/net/centres.ts';
import { architecture, createModel } from '../../../operators/net/model.ts';
import { sgd } from '../../../operators/steps/sgd.ts';
import {
  loadTrained,
  saveTrainedState,
  saveTrainedWeights,
  trainable,
  type Trained,
} from '../../../operators/steps/trainingState.ts';
import type { StateMap } from '../../../pipeline/contracts.ts';
import { startEngine } from '../../../pipeline/engine/load.ts';

function trained(seed: number): Trained {
  const shape = architecture('ir10', { size: [16, 16], units: [1, 1], widths: [4, 8], embedding: 6 });
  return {
    model: createModel(shape, { seed }),
    centres: classCentres({ dimension: 6, classes: 3, seed }),
    margin: adaFace(),
    optimiser: sgd(),
  };
}

function end({ model, centres, margin, optimiser }: Trained): void {
  model.dispose();
  centres.dispose();
  margin.state!.dispose();
  optimiser.dispose();
}

describe('training state', () => {
  beforeAll(async () => {
    await startEngine({ want: 'cpu' });
  });

  it("names weights as AdaFace does and the rest by prefix, in the weights' layouts", () => {
    const before = memory().numTensors;
    const one = trained(1);
    for (const { name, shape } of trainable(one.model)) {
      const size = shape.reduce((a, b) => a * b, 1);
      one.optimiser.velocity[name] = tensor(Float32Array.from({ length: size }, (_, i) => i), shape); // prettier-ignore
    }
    one.optimiser.velocity['head.kernel'] = tensor(new Float32Array(18).fill(2), [6, 3]);
    const weights = saveTrainedWeights(one);
    const state = saveTrainedState(one, 41);
    expect(weights['head.kernel']!.shape).toEqual([6, 3]);
    expect(weights['input_layer.0.weight']!.shape).toEqual([4, 3, 3, 3]);
    expect(state['momentum.input_layer.0.weight']!.shape).toEqual([4, 3, 3, 3]);
    // HWIO 3x3x3x4: the second input channel of the same tap lies 4 further.
    expect(state['momentum.input_layer.0.weight']!.data[9]).toBe(4);
    expect([...state['margin.batch_mean']!.data]).toEqual([20]);

    const two = trained(2);
    expect(loadTrained(two, { ...weights, ...state })).toBe(41);
    expect(saveTrainedWeights(two)).toEqual(weights);
    expect(saveTrainedState(two, 41)).toEqual(state);
    end(one);
    end(two);
    expect(memory().numTensors).toBe(before);
  });

  it('starts anew where there is no momentum, and refuses what does not fit', () => {
    const one = trained(1);
    const weights = saveTrainedWeights(one);
    const bare = { ...weights, 'margin.batch_mean': { shape: [1], data: Float32Array.of(3) } };
    expect(() => loadTrained(one, bare)).toThrow('batch_std: expected an array of one number');
    const full = { ...bare, 'margin.batch_std': { shape: [1], data: Float32Array.of(3) } };
    expect(loadTrained(one, full)).toBe(0);
    expect(one.optimiser.velocity).toEqual({});
    const seen: StateMap[] = [];
    const pool = { save: () => ({ 'pool.slots': iota }), load: (map: StateMap) => void seen.push(map) };
    const iota = { shape: [2], data: Int32Array.of(4, 5) };
    const beside = { ...one, beside: { pool, other: { ...pool, save: () => ({}) } } };
    expect(saveTrainedState(beside, 1)['pool.slots']).toBe(iota);
    loadTrained(beside, { ...full, 'pool.slots': iota });
    expect(seen).toEqual([{ 'pool.slots': iota }]); // the other, of which nothing is known, is left as it is
    const extra = { ...full, 'momentum.nothing': { shape: [1], data: new Float32Array(1) } };
    expect(() => loadTrained(one, extra)).toThrow('unexpected (nothing)');
    end(one);
  });
});
