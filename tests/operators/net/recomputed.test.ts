import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { keyedRandom } from '../../../operators/maths/keyedRandom.ts';
import type { Grads } from '../../../operators/net/layer.ts';
import { architecture, createModel } from '../../../operators/net/model.ts';
import { createScope } from '../../../operators/net/scope.ts';
import { startEngine } from '../../../pipeline/engine/load.ts';

const chosen = architecture('ir18', { widths: [8, 12, 16, 16], size: [32, 32], embedding: 16 });
const draw = keyedRandom(6, 'pixels', 0, 0);
const pixels = Uint8Array.from({ length: 4 * 32 * 32 * 3 }, () => 256 * draw());
type Arrays = Record<string, Float32Array>;

/** Embedding, tangent, gradients, running statistics, and the bytes of tensors held between forward and backward. */
function walk(recompute: boolean): { arrays: Arrays; held: number } {
  const model = createModel(chosen, { seed: 3, recompute });
  const arrays: Arrays = {};
  const take = (name: string, tensor: tf.Tensor): void => void (arrays[name] = tensor.dataSync<'float32'>().slice());
  const scope = createScope({ keeps: true });
  const before = tf.memory().numBytes;
  const mode = { train: true, updateStats: true, step: 5, seed: 1 };
  const z = model.forward(model.normalise(pixels, 4, [32, 32]), mode, scope);
  const held = tf.memory().numBytes - before;
  take('z', z);
  for (const [name, value] of Object.entries(scope.statistics)) take(name, value);
  const along = Object.fromEntries(model.trainable.map((name) => [name, model.params[name]!]));
  const tangent = model.backbone.jvp(model.params, null, along, scope);
  take('tangent', tangent);
  // Twice, as a meta-step does: what is kept for the second walk is there.
  for (const keep of [true, false]) {
    const grads: Grads = {};
    model.backward(z.clone(), scope, grads, keep);
    for (const [name, value] of Object.entries(grads)) take(`${name} ${keep}`, value);
    tf.dispose(grads);
  }
  scope.dispose();
  tf.dispose([z, tangent]);
  model.dispose();
  return { arrays, held };
}

describe.each(['native', 'wasm'] as const)('recomputed blocks on %s', (want) => {
  let there = true;
  beforeAll(async () => {
    there = (await startEngine({ want })).backend === want;
  });

  it('give the same embedding, tangent, gradients and statistics to the last bit, and hold less', ({ skip }) => {
    if (!there) skip(`${want} is not installed`);
    const [plain, again] = [walk(false), walk(true)];
    expect(Object.keys(plain.arrays).length).toBeGreaterThan(200);
    expect(again.arrays).toEqual(plain.arrays);
    expect(again.held).toBeLessThan(0.3 * plain.held);
    expect(tf.memory().numTensors).toBe(0);
  });
});
