import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { keyedRandom } from '../../../operators/maths/keyedRandom.ts';
import { fold, type Folded } from '../../../operators/net/folded.ts';
import { architecture, createModel, type Architecture, type Model } from '../../../operators/net/model.ts';
import { startEngine } from '../../../pipeline/engine/load.ts';

/** Where a parameter is drawn from, so that no batch norm is near the identity and slopes pass 0 and 1. */
const RANGES: Record<string, [number, number]> = {
  running_mean: [-0.8, 0.8],
  running_var: [0.2, 3],
  norm: [-1, 1.5],
  prelu: [-0.3, 1.3],
};

/** A model whose statistics, scales, shifts and slopes are random: those of first weights are 0 and 1. */
function random(chosen: Architecture): Model {
  const model = createModel(chosen, { seed: 3 });
  for (const { name, shape, role } of model.backbone.params) {
    const range = RANGES[name.split('.').at(-1)!] ?? RANGES[role];
    if (range === undefined) continue;
    const draw = keyedRandom(4, name, 0, 0);
    const values = Float32Array.from({ length: shape[0]! }, () => range[0] + (range[1] - range[0]) * draw());
    model.params[name]!.dispose();
    model.params[name] = tf.keep(tf.tensor(values, shape));
  }
  return model;
}

function images(n: number, [h, w]: readonly [number, number]): tf.Tensor4D {
  const draw = keyedRandom(5, 'images', 0, 0);
  return tf.tensor4d(
    Float32Array.from({ length: n * h * w * 3 }, () => 2 * draw() - 1),
    [n, h, w, 3],
  );
}

/** The furthest of the rows' cosines from 1, and of their lengths' ratios. */
function furthest(a: tf.Tensor2D, b: tf.Tensor2D): { cosine: number; length: number } {
  const [p, q] = [a.arraySync(), b.arraySync()];
  const dot = (u: number[], v: number[]): number => u.reduce((sum, x, i) => sum + x * v[i]!, 0);
  const worst = (f: (u: number[], v: number[]) => number): number =>
    Math.max(...p.map((u, i) => Math.abs(1 - f(u, q[i]!))));
  return {
    cosine: worst((u, v) => dot(u, v) / Math.sqrt(dot(u, u) * dot(v, v))),
    length: worst((u, v) => Math.sqrt(dot(u, u) / dot(v, v))),
  };
}

const small = { widths: [4, 6, 6, 8], embedding: 16 };
describe.each(['native', 'wasm'] as const)('a folded network on %s', (want) => {
  let there = true;
  beforeAll(async () => {
    there = (await startEngine({ want })).backend === want;
  });

  it.for([
    ['every kind of block', architecture('ir18', { ...small, size: [40, 40] })],
    ['sides that do not halve', architecture('ir10', { ...small, size: [37, 45] })],
    ['squeeze and excite', architecture('ir18', { ...small, size: [32, 32], squeezeExcite: true })],
  ] as const)('embeds as the layers do: %s', ([, chosen], { skip }) => {
    if (!there) skip(`${want} is not installed`);
    const before = tf.memory().numTensors;
    const model = random(chosen);
    const folded = fold(model);
    const [z, theirs] = [folded.embed(images(3, chosen.size)), model.embed(images(3, chosen.size))];
    const { cosine, length } = furthest(z, theirs);
    expect(cosine).toBeLessThan(1e-6);
    expect(length).toBeLessThan(1e-5);
    tf.dispose([z, theirs]);
    folded.dispose();
    model.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('folding', () => {
  beforeAll(async () => {
    await startEngine();
  });

  it('of IR-18 at 112 x 112, whose maps are big enough for fused kernels', () => {
    const chosen = architecture('ir18');
    const model = random(chosen);
    const folded = fold(model);
    const [z, theirs] = [folded.embed(images(2, [112, 112])), model.embed(images(2, [112, 112]))];
    expect(furthest(z, theirs).cosine).toBeLessThan(1e-6);
    tf.dispose([z, theirs]);
    folded.dispose();
    model.dispose();
  });

  it('knows when a weight has been replaced, and survives a tidy', () => {
    const model = random(architecture('ir10', { ...small, size: [16, 16] }));
    let folded!: Folded;
    tf.tidy(() => void (folded = fold(model)));
    expect(folded.current()).toBe(true);
    folded.embed(images(1, [16, 16])).dispose();
    const name = 'body.0.res_layer.0.running_mean';
    const old = model.params[name]!;
    model.params[name] = tf.keep(tf.add(old, 1));
    old.dispose();
    expect(folded.current()).toBe(false);
    folded.dispose();
    model.dispose();
  });
});
