import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Grads } from '../../../operators/net/layer.ts';
import { architecture, createModel } from '../../../operators/net/model.ts';
import { createScope } from '../../../operators/net/scope.ts';
import { fromTorch, torchShape, toTorch, WeightsError } from '../../../operators/net/weights.ts';
import type { StateMap } from '../../../pipeline/contracts.ts';
import { startEngine } from '../../../pipeline/engine/load.ts';
import { near } from '../../contracts/layer.ts';
import { ZERO_GRADIENT } from '../../fixtures/stockNetwork.ts';

interface Packed {
  shape: number[];
  data: string;
}
interface TorchCase {
  architecture: {
    units: number[];
    widths: number[];
    size: [number, number];
    embedding: number;
    squeezeExcite: boolean;
  };
  keys: string[];
  weights: Record<string, Packed>;
  x: Packed;
  z: Packed;
  dz: Packed;
  dx: Packed;
  gradients: Record<string, Packed>;
  after: Record<string, Packed>;
  embedded: Packed;
}
// Written by PyTorch (network.py beside it).
const cases = JSON.parse(readFileSync(new URL('../../fixtures/network.json', import.meta.url), 'utf8')) as Record<
  string,
  TorchCase
>;

const floats = ({ data }: Packed): Float32Array =>
  new Float32Array(Uint8Array.from(Buffer.from(data, 'base64')).buffer);
const state = (of: Record<string, Packed>, prefix = ''): StateMap =>
  Object.fromEntries(Object.entries(of).map(([k, v]) => [prefix + k, { shape: v.shape, data: floats(v) }]));

beforeAll(async () => {
  await startEngine();
});

describe.each(Object.entries(cases))('weights of PyTorch: %s', (_name, torch) => {
  const make = (): ReturnType<typeof createModel> =>
    createModel(architecture('ir10', { ...torch.architecture, dropout: 0 }), { seed: 1 });

  it('load, and give its embedding, gradients and running statistics', () => {
    const model = make();
    model.load(state(torch.weights, 'model.'));
    const scope = createScope({ keeps: true });
    const mode = { train: true, updateStats: true, step: 0, seed: 0 };
    const z = model.forward(tf.tensor(floats(torch.x), torch.x.shape), mode, scope);
    near(z.dataSync<'float32'>(), floats(torch.z), 1e-5);
    const grads: Grads = {};
    const dz = tf.tensor(floats(torch.dz), torch.dz.shape);
    const dx = model.backbone.backward(model.params, dz, scope, grads, false);
    near(dx.dataSync<'float32'>(), floats(torch.dx), 1e-4);
    expect(Object.keys(grads).toSorted()).toEqual(Object.keys(torch.gradients).toSorted());
    for (const spec of model.backbone.params.filter(({ name }) => name in grads)) {
      const ours = toTorch(spec, grads[spec.name]!.dataSync<'float32'>());
      const theirs = floats(torch.gradients[spec.name]!);
      // Squeeze-excite sees the constant that res_layer.5.bias adds, so its gradient is not zero there.
      const zero = ZERO_GRADIENT.test(spec.name) && !(torch.architecture.squeezeExcite && spec.name.includes('.5.'));
      if (zero) expect(Math.hypot(...ours)).toBeLessThan(1e-4);
      else near(ours, theirs, 1e-4);
    }
    for (const [name, statistic] of Object.entries(scope.statistics)) {
      near(statistic.dataSync<'float32'>(), floats(torch.after[name]!), 1e-5);
      model.params[name]!.dispose();
      model.params[name] = tf.clone(statistic);
    }
    expect(Object.keys(scope.statistics).length).toBe(Object.keys(torch.after).length);
    const embedded = model.embed(tf.tensor4d(floats(torch.x), torch.x.shape as [number, number, number, number]));
    near(embedded.dataSync<'float32'>(), floats(torch.embedded), 1e-5);
    scope.dispose();
    tf.dispose([z, dx, grads, embedded]);
    model.dispose();
    expect(tf.memory().numTensors).toBe(0);
  });

  it('come back as they were, under its names in its order', () => {
    const model = make();
    model.load(state(torch.weights));
    const saved = model.save();
    expect(Object.keys(saved)).toEqual(torch.keys);
    for (const [name, packed] of Object.entries(torch.weights)) {
      expect(saved[name]).toEqual({ shape: packed.shape, data: floats(packed) });
    }
    const other = make();
    other.load(saved);
    expect(other.save()).toEqual(saved);
    other.dispose();
    model.dispose();
  });
});

describe('weights that do not fit', () => {
  it('are told in one error, and change nothing', () => {
    const torch = Object.values(cases)[0]!;
    const model = createModel(architecture('ir10', { ...torch.architecture, dropout: 0 }), { seed: 1 });
    const before = model.save();
    const wrong = state(torch.weights);
    delete wrong['input_layer.0.weight'];
    wrong['head.kernel'] = { shape: [2], data: Float32Array.of(1, 2) };
    wrong['body.0.res_layer.1.weight'] = { shape: [4, 4, 1, 1], data: new Float32Array(16) };
    const message =
      'weights do not fit the model: 1 missing (input_layer.0.weight), 1 unexpected (head.kernel), ' +
      '1 of another shape (body.0.res_layer.1.weight: expected [4, 4, 3, 3], received [4, 4, 1, 1])';
    expect(() => model.load(wrong)).toThrow(message);
    expect(() => model.load(wrong)).toThrow(WeightsError);
    expect(() => model.load({})).toThrow(/\d+ missing \(.*; \.\.\.\)$/);
    expect(model.save()).toEqual(before);
    model.dispose();
  });
});

describe('layouts', () => {
  it('turn HWIO into OIHW and [in, out] over H, W, C into [out, in] over C, H, W', () => {
    const init = { kind: 'constant', value: 0 } as const;
    const conv = { name: 'c', shape: [1, 2, 2, 3], layout: { kind: 'conv' }, role: 'weight', init } as const;
    expect(torchShape({ ...conv, shape: [1, 2, 2, 3] })).toEqual([3, 2, 1, 2]);
    const values = Float32Array.from({ length: 12 }, (_, i) => i);
    const theirs = toTorch({ ...conv, shape: [1, 2, 2, 3] }, values);
    expect([...theirs]).toEqual([0, 6, 3, 9, 1, 7, 4, 10, 2, 8, 5, 11]);
    expect(fromTorch({ ...conv, shape: [1, 2, 2, 3] }, theirs)).toEqual(values);
    const linear = {
      name: 'l',
      shape: [6, 2],
      layout: { kind: 'linear', map: [1, 2, 3] },
      role: 'weight',
      init,
    } as const;
    const spec = { ...linear, shape: [6, 2], layout: { kind: 'linear', map: [1, 2, 3] as const } as const };
    expect(torchShape(spec)).toEqual([2, 6]);
    // Column c x (h w) + w of output o is our row w x 3 + c.
    expect([...toTorch(spec, values)]).toEqual([0, 6, 2, 8, 4, 10, 1, 7, 3, 9, 5, 11]);
    expect(fromTorch(spec, toTorch(spec, values))).toEqual(values);
  });
});
