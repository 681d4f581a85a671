import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { keyedRandom } from '../../../operators/maths/keyedRandom.ts';
import type { Grads, Params } from '../../../operators/net/layer.ts';
import { architecture, createModel, type Model } from '../../../operators/net/model.ts';
import { createScope } from '../../../operators/net/scope.ts';
import { requireBfloat16 } from '../../../pipeline/engine/bfloat16.ts';
import { startEngine } from '../../../pipeline/engine/load.ts';

// operators/net/cast is what the networks here are held by.
let fast = true;
beforeAll(async () => {
  fast = (await startEngine()).backend === 'native';
  try {
    requireBfloat16();
  } catch {
    fast = false;
  }
});
beforeEach(({ skip }) => {
  if (!fast) skip('no fast bfloat16 here');
});

const network = { widths: [8, 16, 16, 24], size: [40, 40] as [number, number], embedding: 16, dropout: 0 };
const pixels = (): Uint8Array => {
  const random = keyedRandom(5, 'pixels', 0, 0);
  return Uint8Array.from({ length: 8 * 40 * 40 * 3 }, () => 256 * random());
};
const slopes = (): Float32Array => {
  const random = keyedRandom(5, 'slopes', 0, 0);
  return Float32Array.from({ length: 8 * 16 }, () => 2 * random() - 1);
};
const array = (t: Tensor): Float32Array => t.dataSync<'float32'>().slice();
const cosine = (a: Float32Array, b: Float32Array): number => {
  const dot = (p: Float32Array, q: Float32Array): number => p.reduce((sum, value, i) => sum + value * q[i]!, 0);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
};

/** Embedding, gradients and statistics of one pass, and the tangent along the weights themselves. */
function pass(model: Model): { z: Float32Array; tangent: Float32Array; grads: Record<string, Float32Array> } {
  const scope = createScope({ keeps: true });
  const z = model.forward(
    model.normalise(pixels(), 8, [40, 40]),
    { train: true, updateStats: true, step: 0, seed: 0 },
    scope,
  );
  const along: Params = Object.fromEntries(model.trainable.map((name) => [name, model.params[name]!]));
  const tangent = model.backbone.jvp(model.params, null, along, scope);
  const grads: Grads = {};
  model.backward(tf.tensor2d(slopes(), [8, 16]), scope, grads, false);
  const out = {
    z: array(z),
    tangent: array(tangent),
    grads: Object.fromEntries(Object.entries(grads).map(([name, t]) => [name, array(t)])),
  };
  expect(Object.keys(scope.statistics).length).toBeGreaterThan(0);
  scope.dispose();
  tf.dispose([z, tangent, grads]);
  return out;
}

describe.each([false, true])('a network in bfloat16, squeeze-excite %s', (squeezeExcite) => {
  it('agrees with float32 up to rounding, forward, backward and along a tangent, and leaves nothing', () => {
    const before = tf.memory().numTensors;
    const [short, wide] = (['bfloat16', 'float32'] as const).map((precision) => {
      const model = createModel(architecture('ir10', { ...network, squeezeExcite }), { seed: 3, precision });
      const out = tf.tidy(() => pass(model));
      model.dispose();
      return out;
    }) as [ReturnType<typeof pass>, ReturnType<typeof pass>];
    expect(tf.memory().numTensors).toBe(before);
    expect(cosine(short.z, wide.z)).toBeGreaterThan(0.999);
    expect(cosine(short.tangent, wide.tangent)).toBeGreaterThan(0.99);
    expect(Object.keys(short.grads)).toEqual(Object.keys(wide.grads));
    const all = (grads: Record<string, Float32Array>): Float32Array =>
      Float32Array.from(Object.values(grads).flatMap((g) => [...g]));
    expect(cosine(all(short.grads), all(wide.grads))).toBeGreaterThan(0.99);
  });
});

it('a model in bfloat16 is refused where it would be slow', async () => {
  await startEngine({ want: 'cpu' });
  expect(() => createModel(architecture('ir10', network), { seed: 3, precision: 'bfloat16' })).toThrow(
    'bfloat16 needs the native engine',
  );
});
