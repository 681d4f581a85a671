import { memory, tensor2d, type Tensor2D } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { metaPool, type MetaPool } from '../../../operators/mining/metaPool.ts';
import { mine } from '../../../operators/mining/mine.ts';
import { variationClassifier, type VariationClassifier } from '../../../operators/variation/classifier.ts';
import { startEngine } from '../../../pipeline/engine/load.ts';
import type { Sample } from '../../../pipeline/items.ts';
import { wave } from '../../contracts/numbers.ts';

const D = 6;
const POOL = 40;
let pool: MetaPool;
let pose: VariationClassifier;
let blur: VariationClassifier;
let batch: Tensor2D;

beforeAll(async () => {
  await startEngine();
  pool = metaPool({ faces: POOL, draws: 2, size: [2, 2], dimension: D, seed: 1 });
  // Pose is known of even faces, blur of all but the first ten.
  const faces = Array.from({ length: POOL }, (_, i): Sample => ({
    epoch: 0,
    position: i,
    index: i,
    id: `${i}`,
    label: -1,
    pixels: new Uint8Array(12).fill(i),
    size: [2, 2],
    variation: { ...(i % 2 === 0 && { pose: (i / 2) % 7 }), ...(i >= 10 && { blur: i % 4 }) },
  }));
  pool.put(faces, wave(POOL * D, 0.9).map((x) => 20 * x)); // prettier-ignore
  pose = variationClassifier({ factor: 'pose', dimension: D, seed: 2, warmup: 1 });
  blur = variationClassifier({ factor: 'blur', dimension: D, seed: 2, warmup: 1 });
  batch = tensor2d(wave(32 * D, 1.7), [32, D]);
  for (const classifier of [pose, blur])
    classifier
      .update(
        batch,
        new Int32Array(32).map((_, i) => i % 4),
      )!
      .dispose();
});
afterAll(() => {
  for (const one of [batch, pose, blur]) one.dispose();
});

const mined = (more = {}) =>
  mine({ pool, classifiers: [pose, blur], embeddings: batch, seed: 4, iteration: 0, ...more });

describe('mine', () => {
  it('gives one block of faces, each labelled in what it was chosen for', () => {
    const before = memory().numTensors;
    const meta = mined();
    expect(memory().numTensors).toBe(before);
    // 32 / 16 a variation.
    expect(meta.slots).toHaveLength(4);
    expect(meta.counts).toEqual({ pose: 2, blur: 2 });
    expect([...meta.labels.pose!].map((label) => label >= 0)).toEqual([true, true, false, false]);
    expect([...meta.labels.blur!].map((label) => label >= 0)).toEqual([false, false, true, true]);
    for (const [row, slot] of meta.slots.entries()) {
      expect(meta.pixels.subarray(12 * row, 12 * row + 12)).toEqual(new Uint8Array(12).fill(slot));
      const factor = row < 2 ? 'pose' : 'blur';
      expect(meta.labels[factor]![row]).toBe(pool.variation[factor][slot]);
    }
    expect(meta.size).toEqual([2, 2]);
    for (const share of Object.values(meta.distinct)) expect(share > 0 && share <= 1).toBe(true);
  });

  it('gives every label it knows where it is told', () => {
    const meta = mined({ metaLabels: 'all', count: 8 });
    expect([...meta.labels.pose!]).toEqual([...meta.slots].map((slot) => pool.variation.pose[slot]));
    expect(meta.counts.pose).toBeGreaterThan(8);
    expect(meta.slots.slice(0, 8)).toEqual(mined({ count: 8 }).slots.slice(0, 8));
  });

  it('takes the faces whose logits are farthest from those of the batch', () => {
    const logits = (z: Tensor2D): number[][] => {
      const tensor = blur.logits(z);
      const rows = tensor.arraySync();
      tensor.dispose();
      return rows;
    };
    const held = tensor2d(pool.embeddings.subarray(0, POOL * D), [POOL, D]);
    const [own, others] = [logits(batch), logits(held)];
    held.dispose();
    const far = (slot: number): number =>
      own.reduce((sum, row) => sum + row.reduce((part, x, c) => part + (x - others[slot]![c]!) ** 2, 0), 0);
    const able = Array.from({ length: POOL - 10 }, (_, i) => i + 10).toSorted((a, b) => far(b) - far(a));
    const { slots } = mined({ classifiers: [blur], mode: 'meanTopK', count: 5 });
    expect([...slots]).toEqual(able.slice(0, 5));
  });

  it('refuses an untrained classifier and an empty pool', () => {
    const young = variationClassifier({ factor: 'occlusion', dimension: D, seed: 2 });
    expect(() => mined({ classifiers: [young] })).toThrow(
      "variation 'occlusion': its classifier has had 0 updates and is not trained yet: warm it up first",
    );
    young.dispose();
    const empty = metaPool({ faces: 3, size: [2, 2], dimension: D, seed: 1 });
    expect(() => mined({ pool: empty })).toThrow('the pool is empty: fill it first');
    expect(() => mined({ count: 0 })).toThrow('mine: count must be a whole number of at least 1, received 0');
  });
});
