import * as tf from '@tensorflow/tfjs-core';
// Autodiff is the oracle here; the library itself uses none.
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
import type { Tensor, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { keyedRandom } from '../../../operators/maths/keyedRandom.ts';
import { cosFace } from '../../../operators/margins/cosFace.ts';
import { head } from '../../../operators/margins/head.ts';
import type { Grads, Layer } from '../../../operators/net/layer.ts';
import { iresnet } from '../../../operators/net/iresnet.ts';
import { architecture, createModel, emptyModel, type Model } from '../../../operators/net/model.ts';
import { createScope } from '../../../operators/net/scope.ts';
import { decays } from '../../../operators/steps/sgd.ts';
import { startEngine } from '../../../pipeline/engine/load.ts';
import { near } from '../../contracts/layer.ts';
import { plainKernels } from '../../fixtures/plainKernels.ts';
import { network, ZERO_GRADIENT } from '../../fixtures/stockNetwork.ts';

const values = (key: string, size: number): Float32Array => {
  const random = keyedRandom(3, key, 0, 0);
  return Float32Array.from({ length: size }, () => 2 * random() - 1);
};
const array = (t: Tensor): Float32Array => t.dataSync<'float32'>().slice();

beforeAll(async () => {
  await startEngine();
});

describe('model', () => {
  it('ir18, 32x32, batch 8: embedding, dx and all 90 gradients of a CosFace loss are those of autodiff on the cpu backend', async () => {
    // A value within rounding of 0 before a rectifier takes another side in another order of sums, and gradients jump by 1e-3: with
    // these weights there is none.
    const model = createModel(architecture('ir18', { size: [32, 32], dropout: 0 }), { seed: 9 });
    const shape: [number, number, number, number] = [8, 32, 32, 3];
    const [x, kernel] = [values('x', 8 * 32 * 32 * 3), values('kernel', 512 * 10)];
    const labels = Int32Array.from({ length: 8 }, (_, i) => i);
    const scope = createScope({ keeps: true });
    const mode = { train: true, updateStats: false, step: 0, seed: 0 };
    const z = model.forward(tf.tensor4d(x, shape), mode, scope);
    const grads: Grads = {};
    const centres = tf.tensor2d(kernel, [512, 10]);
    const out = head({ embedding: z, kernel: centres, labels, margin: cosFace({ s: 32, m: 0.35 }) });
    const dKernel = array(out.dKernel);
    const dx = model.backbone.backward(model.params, out.dEmbedding, scope, grads, false);
    scope.dispose();
    const ours = { z: array(z), dx: array(dx), grads: model.trainable.map((name) => array(grads[name]!)) };
    const p = model.params;
    const weights = model.trainable.map((name) => array(p[name]!));
    const shapes = model.trainable.map((name) => p[name]!.shape);
    const names = model.trainable;
    const { dEmbedding: _consumed, ...left } = out;
    tf.dispose([z, dx, grads, centres, left]);
    model.dispose();
    expect(tf.memory().numTensors).toBe(0);
    expect(names.length).toBe(89);

    await startEngine({ want: 'cpu' });
    const putBack = plainKernels();
    let seen: Float32Array = new Float32Array();
    let slopes: Float32Array[] = [];
    // Nothing is returned: tidy would look for tensors among all these numbers.
    tf.tidy(() => {
      const f = (input: Tensor, ...list: Tensor[]): Tensor => {
        const named = Object.fromEntries(names.map((name, i) => [name, list[i]!]));
        const embedding = network({ units: [2, 2, 2, 2] }, named, input as Tensor4D);
        seen = array(embedding);
        const unit = tf.div(embedding, tf.norm(embedding, 2, 1, true));
        const columns = tf.div(list.at(-1)!, tf.norm(list.at(-1)!, 2, 0, true));
        const own = tf.oneHot(tf.tensor1d(labels, 'int32'), 10);
        const logits = tf.mul(tf.sub(tf.matMul(unit as Tensor2D, columns as Tensor2D), tf.mul(own, 0.35)), 32);
        return tf.neg(tf.div(tf.sum(tf.mul(own, tf.logSoftmax(logits))), 8));
      };
      const at = [
        tf.tensor4d(x, shape),
        ...weights.map((w, i) => tf.tensor(w, shapes[i])),
        tf.tensor(kernel, [512, 10]),
      ];
      slopes = tf.grads(f)(at).map(array);
    });
    putBack();
    await startEngine();
    near(ours.z, seen, 1e-4);
    near(ours.dx, slopes[0]!, 1e-4);
    near(dKernel, slopes.at(-1)!, 1e-4);
    const zero = names.filter((name) => ZERO_GRADIENT.test(name));
    expect(zero.length).toBe(13); // 8 branches, 3 shortcuts, 2 of the output
    for (const [i, name] of names.entries()) {
      if (zero.includes(name)) expect(Math.hypot(...ours.grads[i]!)).toBeLessThan(1e-3);
      else near(ours.grads[i]!, slopes[i + 1]!, 1e-4);
    }
  }, 600_000);

  it.for([
    ['ir18', {}, 24_020_352, 179],
    ['ir50', {}, 43_585_600, 467],
    ['ir50', { squeezeExcite: true }, 43_808_320, 515],
    ['ir101', {}, 65_150_912, 917],
    ['ir34', {}, 34_134_080, 323],
  ] as const)('%s %o has %i parameters and %i entries', ([name, options, parameters, entries]) => {
    const specs = shapeOnly(name, options);
    const sizes = specs.filter(({ role }) => role !== 'statistic').map(({ shape }) => shape.reduce((a, b) => a * b, 1));
    expect(sizes.reduce((a, b) => a + b, 0)).toBe(parameters);
    // Each batch norm adds num_batches_tracked to PyTorch's dict; save() writes it.
    const norms = specs.filter((spec) => spec.name.endsWith('running_var')).length;
    expect(specs.length + norms).toBe(entries);
  });

  it('ir50 decays 43,548,608 parameters as AdaFace does, and leaves 36,992 of batch norm alone', () => {
    const size = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);
    const specs = shapeOnly('ir50', {}).filter(({ role }) => role !== 'statistic');
    const sum = (some: typeof specs): number => some.reduce((total, { shape }) => total + size(shape), 0);
    expect(sum(specs.filter(({ role }) => decays('adaface', role)))).toBe(43_548_608);
    expect(sum(specs.filter(({ role }) => !decays('adaface', role)))).toBe(36_992);
  });

  it('draws the same weights for a seed, others for another, none where they are to be loaded', () => {
    const [a, b, c] = [tiny(1), tiny(1), tiny(2)];
    expect(a.save()).toEqual(b.save());
    expect(a.save()).not.toEqual(c.save());
    const loaded = emptyModel(a.architecture, { precision: 'float32' });
    loaded.load(a.save());
    expect(loaded.save()).toEqual(a.save());
    for (const model of [a, b, c, loaded]) model.dispose();
  });

  it('embeds a face by itself as among others, and its bytes by the model’s input', () => {
    const model = tiny(1);
    const pixels = Uint8Array.from(values('pixels', 3 * 16 * 16 * 3), (v) => 127.5 * (v + 1));
    const all = model.embed(model.normalise(pixels, 3, [16, 16]));
    const one = model.embed(model.normalise(pixels.slice(768, 2 * 768), 1, [16, 16]));
    near(
      one.dataSync<'float32'>(),
      tf.tidy(() => tf.slice(all, [1, 0], [1, 5]).dataSync<'float32'>()),
      1e-5,
    );
    expect(() => model.normalise(pixels, 3, [112, 112])).toThrow('expected shape [3, 16, 16, 3]');
    tf.dispose([all, one]);
    model.dispose();
    expect(tf.memory().numTensors).toBe(0);
  });

  it('survives a tidy around its making, its loading and its walks', () => {
    tf.tidy(() => {
      const model = tiny(1);
      model.load(model.save());
      const scope = createScope({ keeps: true });
      const grads: Grads = {};
      const z = model.forward(tf.zeros([2, 16, 16, 3]), { train: true, updateStats: true, step: 1, seed: 1 }, scope);
      model.backward(z, scope, grads, false);
      expect(Object.keys(grads)).toHaveLength(model.trainable.length);
      scope.dispose();
      model.dispose();
    });
    expect(tf.memory().numTensors).toBe(0);
  });
});

function tiny(seed: number): Model {
  return createModel(architecture('ir10', { widths: [4, 4, 5, 6], size: [16, 16], embedding: 5 }), { seed });
}

function shapeOnly(name: 'ir18' | 'ir34' | 'ir50' | 'ir101', options: { squeezeExcite?: boolean }): Layer['params'] {
  return iresnet(architecture(name, options)).params;
}
