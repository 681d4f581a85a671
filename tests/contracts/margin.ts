import * as tf from '@tensorflow/tfjs-core';
// Autodiff is the oracle here; the library itself uses none.
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
import type { Scalar, Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { keyedRandom } from '../../operators/maths/keyedRandom.ts';
import { head, type HeadOutput } from '../../operators/margins/head.ts';
import type { Margin } from '../../operators/margins/margin.ts';

export interface MarginCase {
  /** A fresh margin of scale at most 16, statistics at their start. */
  make: () => Margin;
  /** The bent target in stock ops, as the exact gradient sees it: what the margin takes as constant is computed from the norms [B]. */
  formula: (cosTarget: Tensor1D, norms: Tensor1D) => Tensor1D;
  /** A released straight-through gradient: this slope everywhere, whatever the formula's. */
  straightThrough?: number;
}

const DIMENSION = 6;
const LABELS = Int32Array.of(2, 0, 4, 1, 1);
const NORMS = [3, 12, 22, 60, 140];
const CENTRES = wave(DIMENSION * 5, 1.7);
/** Five embeddings of very different lengths. */
const EMBEDDINGS = wave(NORMS.length * DIMENSION, 0.9).map((x, i) => (x * NORMS[Math.floor(i / DIMENSION)]!) / 1.7);
const COSINES = [-0.9, -0.35, 0.1, 0.6, 0.95];

/** What every margin must keep: its slope, the gradient of the whole head, its clamps, its state and its tensors. */
export function marginContract(name: string, { make, formula, straightThrough }: MarginCase): void {
  describe(`margin contract: ${name}`, () => {
    it('bends the target as its formula says', () => {
      closeTo(bend(make(), COSINES).target, oracleTarget(COSINES));
    });

    it(straightThrough === undefined ? 'has the slope of its target' : 'has the slope it was released with', () => {
      const { slope } = bend(make(), COSINES);
      if (straightThrough !== undefined) return closeTo(slope, slope.fill(straightThrough));
      const h = 2e-3;
      const up = bend(make(), COSINES, h).target;
      const down = bend(make(), COSINES, -h).target;
      closeTo(slope, up.map((x, i) => (x - down[i]!) / (2 * h)), 2e-3); // prettier-ignore
    });

    it.skipIf(straightThrough !== undefined)('gives the gradients that autodiff gives', () => {
      const margin = make();
      const ours = run(margin, EMBEDDINGS, CENTRES, LABELS);
      const { value, grads } = tf.tidy(() => {
        const oracle = tf.valueAndGrads((e: Tensor, k: Tensor) => oracleLoss(margin, e as Tensor2D, k as Tensor2D));
        const result = oracle([tf.tensor2d(EMBEDDINGS, [5, DIMENSION]), tf.tensor2d(CENTRES, [DIMENSION, 5])]);
        return { value: result.value.dataSync(), grads: result.grads.map((g) => g.dataSync()) };
      });
      closeTo(ours.loss, value);
      closeTo(ours.dEmbedding, grads[0]!);
      closeTo(ours.dKernel, grads[1]!);
      margin.state?.dispose();
    });

    it.skipIf(straightThrough !== undefined)('gives the gradients that differences give', () => {
      const { dEmbedding, dKernel } = run(make(), EMBEDDINGS, CENTRES, LABELS);
      const h = 1e-2;
      const loss = (e: Float32Array, k: Float32Array): number => run(make(), e, k, LABELS).loss[0]!;
      const along = acrossRows(wave(EMBEDDINGS.length, 2.3), EMBEDDINGS);
      const slopeE = (loss(step(EMBEDDINGS, along, h), CENTRES) - loss(step(EMBEDDINGS, along, -h), CENTRES)) / (2 * h);
      expect(Math.abs(slopeE - dot(dEmbedding, along))).toBeLessThan(5e-3 * (1 + Math.abs(slopeE)));
      const hK = make().logits === 'product' ? 1e-3 : h; // its logits are as long as the embeddings
      const alongK = wave(CENTRES.length, 2.9);
      const slopeK =
        (loss(EMBEDDINGS, step(CENTRES, alongK, hK)) - loss(EMBEDDINGS, step(CENTRES, alongK, -hK))) / (2 * hK);
      expect(Math.abs(slopeK - dot(dKernel, alongK))).toBeLessThan(5e-3 * Math.abs(slopeK) + 5e-3);
    });

    it('stays finite on a centre, opposite to one, and for a batch of one', () => {
      for (const sign of [1, -1]) {
        const centre = Float32Array.from({ length: DIMENSION }, (_, d) => sign * 20 * CENTRES[d * 5 + 3]!);
        const margin = make();
        const out = run(margin, centre, CENTRES, Int32Array.of(3));
        for (const values of Object.values(out)) expect(values.every(Number.isFinite)).toBe(true);
        if (margin.logits === 'cosine') expect(Math.abs(out.cosine[0]!)).toBeLessThanOrEqual(1 - margin.clamp + 1e-6);
        margin.state?.dispose();
      }
    });

    it('stays finite on many centres, where rounding puts cosines above 1', () => {
      const [dimension, count] = [256, 64];
      const random = keyedRandom(4, 'many centres', 0, 0);
      const centres = Float32Array.from({ length: dimension * count }, () => 2 * random() - 1);
      const margin = make();
      tf.tidy(() => {
        const kernel = tf.tensor2d(centres, [dimension, count]);
        const labels = Int32Array.from({ length: count }, (_, i) => i);
        const quality = typeof margin.quality === 'object' ? new Float32Array(count).fill(1) : undefined;
        const out = head({ embedding: tf.transpose(kernel), kernel, labels, margin, ...(quality && { quality }) });
        for (const tensor of Object.values<Tensor>({ ...out })) {
          expect(tensor.dataSync<'float32'>().every(Number.isFinite)).toBe(true);
        }
      });
      margin.state?.dispose();
    });

    it('goes on from its saved state bit for bit', () => {
      const first = make();
      run(first, EMBEDDINGS, CENTRES, LABELS);
      const second = make();
      if (first.state) second.state?.load(first.state.save());
      for (const margin of [first, second]) margin.state?.save();
      const other = EMBEDDINGS.map((x) => x * 0.8);
      expect(run(second, other, CENTRES, LABELS)).toEqual(run(first, other, CENTRES, LABELS));
    });

    it('leaves no tensor behind', () => {
      const before = tf.memory().numTensors;
      const margin = make();
      run(margin, EMBEDDINGS, CENTRES, LABELS);
      const after = tf.memory().numTensors;
      for (let i = 0; i < 3; i++) run(margin, EMBEDDINGS, CENTRES, LABELS);
      expect(tf.memory().numTensors).toBe(after);
      margin.state?.dispose();
      expect(tf.memory().numTensors).toBe(before);
    });
  });

  function oracleTarget(cosines: number[]): Float32Array {
    return tf.tidy(() => formula(tf.tensor1d(cosines), tf.tensor1d(NORMS)).dataSync<'float32'>());
  }

  function oracleLoss(margin: Margin, e: Tensor2D, kernel: Tensor2D): Scalar {
    const lengths = tf.sqrt(tf.sum(tf.square(e), 1, true));
    const limit = 1 - margin.clamp;
    const cosine: Tensor2D =
      margin.logits === 'product'
        ? tf.matMul(e, kernel)
        : tf.matMul(tf.div(e, lengths), tf.div(kernel, tf.sqrt(tf.sum(tf.square(kernel), 0, true))));
    const clamped = margin.clamp > 0 ? tf.clipByValue(cosine, -limit, limit) : cosine;
    const own = tf.cast(tf.oneHot(tf.tensor1d(LABELS, 'int32'), 5), 'float32');
    const norms = tf.tensor1d(lengths.dataSync());
    const target = formula(tf.sum(tf.mul(clamped, own), 1), norms);
    const bent = tf.add(tf.mul(clamped, tf.sub(1, own)), tf.mul(own, tf.expandDims(target, 1)));
    const logits = tf.mul(bent, margin.scale);
    return tf.neg(tf.mean(tf.sum(tf.mul(tf.logSoftmax(logits), own), 1)));
  }
}

/** Target and slope of a fresh margin; it is disposed. */
function bend(margin: Margin, cosines: number[], shift = 0): { target: Float32Array; slope: Float32Array } {
  return tf.tidy(() => {
    const { target, slope } = margin.apply({
      cosTarget: tf.tensor1d(cosines.map((c) => c + shift)),
      norms: tf.tensor1d(NORMS),
      labels: tf.tensor1d(LABELS, 'int32'),
    });
    const out = { target: target.dataSync<'float32'>(), slope: slope.dataSync<'float32'>() };
    margin.state?.dispose();
    return out;
  });
}

function run(
  margin: Margin,
  e: Float32Array,
  k: Float32Array,
  labels: Int32Array,
): Record<keyof HeadOutput, Float32Array> {
  return tf.tidy(() => {
    const embedding = tf.tensor2d(e, [labels.length, DIMENSION]);
    const out = head({ embedding, kernel: tf.tensor2d(k, [DIMENSION, 5]), labels, margin });
    const read = Object.entries(out).map(([name, tensor]) => [name, (tensor as Tensor).dataSync<'float32'>()]);
    return Object.fromEntries(read) as Record<keyof HeadOutput, Float32Array>;
  });
}

function closeTo(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance = 2e-5): void {
  const scale = Math.sqrt(dot(expected, expected) / expected.length);
  for (let i = 0; i < expected.length; i++) {
    expect(Math.abs(actual[i]! - expected[i]!), `entry ${i}: ${actual[i]}, expected ${expected[i]}`).toBeLessThan(
      tolerance * (scale + Math.abs(expected[i]!)) + 1e-9,
    );
  }
}

/** Numbers in [-1, 1] that look random and need no generator. */
function wave(length: number, a: number): Float32Array {
  return Float32Array.from({ length }, (_, i) => Math.sin(a * (i + 1) ** 1.5));
}

/** Rows of `along` without their part along the rows of `base`: moving this way leaves norms as they are, to first order. */
function acrossRows(along: Float32Array, base: Float32Array): Float32Array {
  return along.map((x, i) => {
    const row = Math.floor(i / DIMENSION) * DIMENSION;
    const b = base.subarray(row, row + DIMENSION);
    return x - (base[i]! * dot(along.subarray(row, row + DIMENSION), b)) / dot(b, b);
  });
}

function step(x: Float32Array, along: Float32Array, h: number): Float32Array {
  return x.map((value, i) => value + h * along[i]!);
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
