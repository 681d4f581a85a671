import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { keyedRandom } from '../../operators/maths/keyedRandom.ts';
import { head, type HeadOutput } from '../../operators/margins/head.ts';
import type { Margin, MarginOutput } from '../../operators/margins/margin.ts';
import { loadAutodiff, oracleGradients, ownOf, type MarginCase } from './marginOracle.ts';
import { closeTo, dot, step, wave } from './numbers.ts';

export type { MarginCase } from './marginOracle.ts';

const DIMENSION = 6;
const LABELS = Int32Array.of(2, 0, 4, 1, 1);
const NORMS = [3, 12, 22, 60, 140];
const CENTRES = wave(DIMENSION * 5, 1.7);
/** Five embeddings of very different lengths. */
const EMBEDDINGS = wave(NORMS.length * DIMENSION, 0.9).map((x, i) => (x * NORMS[Math.floor(i / DIMENSION)]!) / 1.7);
const COSINES = [-0.93, -0.35, 0.1, 0.6, 0.95];
/** [5, 5], own classes aside: some above and some below every own cosine. */
const OTHERS = wave(25, 2.1).map((x) => 0.9 * x);

/**
 * What every margin must keep: its formula, its slopes, the gradient of the whole head, its clamps, its state and its tensors.
 *
 * Defines the tests itself, with vitest; start an engine before. Where rxface is a copy in node_modules and the engine is not
 * native, vitest is told to transform it, `server: { deps: { inline: ['rxface'] } }`: the autodiff of tfjs is no module for Node.
 *
 * @example
 * marginContract('CosFace', { make: () => cosFace({ s: 16, m: 0.35 }), formula: (c) => sub(c, 0.35) });
 */
export function marginContract(name: string, { make, ...oracle }: MarginCase): void {
  const { formula, others, extraLoss, throughNorms = false, straightThrough } = oracle;

  describe(`margin contract: ${name}`, () => {
    beforeAll(loadAutodiff);

    it('bends the target as its formula says', () => {
      const expected = tf.tidy(() => formula(tf.tensor1d(COSINES), tf.tensor1d(NORMS)).dataSync<'float32'>());
      closeTo(bend(make()).target, expected);
    });

    it(straightThrough === undefined ? 'has the slope of its target' : 'has the slope it was released with', () => {
      const { slope } = bend(make());
      if (straightThrough !== undefined)
        return closeTo(
          slope,
          slope.map(() => straightThrough),
        );
      const h = 2e-3;
      const [up, down] = [bend(make(), h).target, bend(make(), -h).target];
      closeTo(slope, up.map((x, i) => (x - down[i]!) / (2 * h)), 2e-3); // prettier-ignore
    });

    it.skipIf(others === undefined)('bends the other classes as their formula says, and has their slopes', () => {
      const { logits, slopes, dTarget } = bend(make());
      const expected = tf.tidy(() => {
        const elsewhere = tf.sub(1, ownOf(LABELS, 5));
        const bent = (cos: Tensor, c: Tensor): Tensor => {
          const connected = tf.mul(tf.expandDims(c, 1), 0); // autodiff wants every argument used
          return tf.mul(tf.add(others!(cos as Tensor2D, c as Tensor1D), connected), elsewhere);
        };
        const at = [tf.tensor2d(OTHERS, [5, 5]), tf.tensor1d(COSINES)] as const;
        return [bent(...at), ...tf.grads(bent)([...at])].map((x) => x.dataSync<'float32'>());
      });
      closeTo(elsewhereOnly(logits!), expected[0]!);
      closeTo(elsewhereOnly(slopes!), expected[1]!);
      const sums = NORMS.map((_, b) =>
        (dTarget ?? new Float32Array(25)).slice(b * 5, b * 5 + 5).reduce((a, x) => a + x),
      );
      closeTo(sums, expected[2]!);
    });

    it.skipIf(!throughNorms)('has the slope of its target by the norms', () => {
      const { dNorm } = bend(make());
      const h = 0.05;
      const [up, down] = [bend(make(), 0, h).target, bend(make(), 0, -h).target];
      closeTo(dNorm!, up.map((x, i) => (x - down[i]!) / (2 * h)), 2e-3); // prettier-ignore
    });

    it('gives the gradients that autodiff gives', () => {
      const margin = make();
      const ours = run(margin, EMBEDDINGS, CENTRES, LABELS);
      const theirs = tf.tidy(() => {
        const [embedding, kernel] = [tf.tensor2d(EMBEDDINGS, [5, DIMENSION]), tf.tensor2d(CENTRES, [DIMENSION, 5])];
        return oracleGradients(margin, oracle, { embedding, kernel, labels: LABELS });
      });
      closeTo(ours.loss, theirs.loss);
      closeTo(ours.dEmbedding, theirs.dEmbedding);
      closeTo(ours.dKernel, theirs.dKernel);
      margin.state?.dispose();
    });

    it.skipIf(straightThrough !== undefined)('gives the gradients that differences give', () => {
      const { dEmbedding, dKernel } = run(make(), EMBEDDINGS, CENTRES, LABELS);
      const h = 1e-2;
      const loss = (e: Float32Array, k: Float32Array): number => run(make(), e, k, LABELS).loss[0]!;
      const anywhere = wave(EMBEDDINGS.length, 2.3);
      const along = throughNorms ? anywhere : acrossRows(anywhere, EMBEDDINGS);
      const slopeE = (loss(step(EMBEDDINGS, along, h), CENTRES) - loss(step(EMBEDDINGS, along, -h), CENTRES)) / (2 * h);
      expect(Math.abs(slopeE - dot(dEmbedding, along))).toBeLessThan(5e-3 * (1 + Math.abs(slopeE)));
      const hK = make().logits === 'product' ? 1e-3 : h; // its logits are as long as the embeddings
      const alongK = wave(CENTRES.length, 2.9);
      const slopeK =
        (loss(EMBEDDINGS, step(CENTRES, alongK, hK)) - loss(EMBEDDINGS, step(CENTRES, alongK, -hK))) / (2 * hK);
      expect(Math.abs(slopeK - dot(dKernel, alongK))).toBeLessThan(5e-3 * Math.abs(slopeK) + 5e-3);
    });

    it('reports (P - 1) x slope', () => {
      const margin = make();
      let slope: Float32Array = new Float32Array();
      const apply: Margin['apply'] = (input) => {
        const out = margin.apply(input);
        slope = out.slope.dataSync<'float32'>();
        return out;
      };
      const { gradientScale, probability } = run({ ...margin, apply }, EMBEDDINGS, CENTRES, LABELS);
      closeTo(gradientScale, probability.map((p, i) => (p - 1) * slope[i]!)); // prettier-ignore
      margin.state?.dispose();
    });

    it('stays finite on a centre, opposite to one, for no and for a very long embedding, and for a batch of one', () => {
      for (const length of [20, -20, 0, 1e5]) {
        const centre = Float32Array.from({ length: DIMENSION }, (_, d) => length * CENTRES[d * 5 + 3]!);
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
      expect(second.state?.save()).toEqual(first.state?.save());
      for (const margin of [first, second]) margin.state?.dispose();
    });

    it('reads nothing back and leaves no tensor behind', () => {
      const before = tf.memory().numTensors;
      const margin = unread(make());
      run(margin, EMBEDDINGS, CENTRES, LABELS);
      const after = tf.memory().numTensors;
      for (let i = 0; i < 3; i++) run(margin, EMBEDDINGS, CENTRES, LABELS);
      expect(tf.memory().numTensors).toBe(after);
      margin.state?.dispose();
      expect(tf.memory().numTensors).toBe(before);
    });
  });

  /** What a fresh margin gives for COSINES and OTHERS, its own cosines or norms shifted; it is disposed. */
  function bend(margin: Margin, shift = 0, longer = 0): Bent {
    return tf.tidy(() => {
      const out = margin.apply({
        cosTarget: tf.tensor1d(COSINES.map((c) => c + shift)),
        norms: tf.tensor1d(NORMS.map((n) => n + longer)),
        labels: tf.tensor1d(LABELS, 'int32'),
        ...(margin.needs === 'all' && { cos: tf.tensor2d(OTHERS, [5, 5]) }),
      });
      const all: Partial<Record<keyof Bent, Tensor | undefined>> = { ...flat(out) };
      const read = Object.entries(all).map(([key, x]) => [key, x?.dataSync<'float32'>()]);
      margin.state?.dispose();
      expect(out.extraLoss !== undefined).toBe(extraLoss !== undefined);
      return Object.fromEntries(read) as Bent;
    });
  }
}

/** The same, reading nothing back as it is applied. */
function unread(margin: Margin): Margin {
  const read = tf.Tensor.prototype.dataSync;
  const apply: Margin['apply'] = (input) => {
    tf.Tensor.prototype.dataSync = () => expect.fail('a tensor was read back');
    try {
      return margin.apply(input);
    } finally {
      tf.Tensor.prototype.dataSync = read;
    }
  };
  return { ...margin, apply };
}

type Bent = Record<'target' | 'slope', Float32Array> &
  Partial<Record<'dNorm' | 'logits' | 'slopes' | 'dTarget', Float32Array>>;

const flat = ({ target, slope, dNorm, negatives }: MarginOutput) => ({ target, slope, dNorm, ...negatives });

/** [5, 5] with 0 at the own classes. */
const elsewhereOnly = (x: Float32Array): Float32Array => x.map((v, i) => (LABELS[Math.floor(i / 5)] === i % 5 ? 0 : v));

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

/** Rows of `along` without their part along the rows of `base`: moving this way leaves norms as they are, to first order. */
function acrossRows(along: Float32Array, base: Float32Array): Float32Array {
  return along.map((x, i) => {
    const row = Math.floor(i / DIMENSION) * DIMENSION;
    const b = base.subarray(row, row + DIMENSION);
    return x - (base[i]! * dot(along.subarray(row, row + DIMENSION), b)) / dot(b, b);
  });
}
