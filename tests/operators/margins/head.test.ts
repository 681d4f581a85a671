import { add, greater, mean, memory, mul, onesLike, reshape, sub, tensor2d, tidy, where } from '@tensorflow/tfjs-core';
import {
  fill,
  oneHot,
  square,
  tensor1d,
  transpose,
  type Scalar,
  type Tensor1D,
  type Tensor2D,
} from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { adaFace } from '../../../operators/margins/adaFace.ts';
import { cosFace } from '../../../operators/margins/cosFace.ts';
import { head } from '../../../operators/margins/head.ts';
import type { Margin } from '../../../operators/margins/margin.ts';
import { softmax } from '../../../operators/margins/softmax.ts';
import { startEngine } from '../../../pipeline/engine/load.ts';

const LABELS = Int32Array.of(1, 0, 3, 2);
const EMBEDDING = Float32Array.from({ length: 4 * 3 }, (_, i) => 3 * Math.sin(2.1 * (i + 1) ** 1.4));
const KERNEL = Float32Array.from({ length: 3 * 4 }, (_, i) => Math.cos(1.3 * (i + 2) ** 1.4));
const plain = { needs: 'target', logits: 'cosine', scale: 8, clamp: 0 } as const;

/** target = cos - k norm: the gradient reaches the norm through the target. */
const normMargin: Margin = {
  ...plain,
  name: 'normMargin',
  apply: ({ cosTarget, norms }) => ({
    target: sub(cosTarget, mul(norms, 0.05)),
    slope: onesLike(cosTarget),
    dNorm: fill([4], -0.05) as Tensor1D,
  }),
};

/** Plus mean(norm^2) in the loss. */
const regularised: Margin = {
  ...normMargin,
  apply: (input) => ({
    ...normMargin.apply(input),
    extraLoss: { value: mean(square(input.norms)) as Scalar, dNorm: mul(input.norms, 2 / 4) },
  }),
};

/** Other classes that come close are pushed harder, and by how far the own one is: logit_j = c_j + 0.3 c_j c_y where c_j > -0.2. */
const hardNegatives: Margin = {
  ...plain,
  name: 'hardNegatives',
  needs: 'all',
  apply: ({ cosTarget, cos, labels }) =>
    tidy(() => {
      const all = cos!;
      const own: Tensor2D = reshape(cosTarget, [4, 1]);
      const hard = greater(all, -0.2);
      const bent: Tensor2D = where(hard, add(all, mul(mul(all, own), 0.3)), all);
      const ones: Tensor2D = onesLike(all);
      const slopes: Tensor2D = where(hard, mul(ones, add(mul(own, 0.3), 1)), ones);
      const dTarget: Tensor2D = mul(mul(mul(all, 0.3), hard), sub(1, oneHot(labels, 4)));
      const target: Tensor1D = sub(cosTarget, 0.1);
      return { target, slope: onesLike(cosTarget), negatives: { logits: bent, slopes, dTarget } };
    }),
};

function run(
  margin: Margin,
  e: Float32Array = EMBEDDING,
  k: Float32Array = KERNEL,
  more: { quality?: Float32Array; residual?: number[] } = {},
) {
  return tidy(() => {
    const { residual, ...rest } = more;
    const out = head({
      embedding: tensor2d(e, [4, 3]),
      kernel: tensor2d(k, [3, 4]),
      labels: LABELS,
      margin,
      ...rest,
      ...(residual && { residual: tensor1d(residual) }),
    });
    return Object.fromEntries(Object.entries(out).map(([name, t]) => [name, [...t.dataSync()]])) as Record<
      keyof typeof out,
      number[]
    >;
  });
}

function differences(loss: (x: Float32Array) => number, at: Float32Array, h = 4e-3): number[] {
  return [...at].map((_, i) => {
    const moved = (by: number): Float32Array => at.map((x, j) => (j === i ? x + by : x));
    return (loss(moved(h)) - loss(moved(-h))) / (2 * h);
  });
}

describe.each(['cpu', 'native'] as const)('head on %s', (backend) => {
  beforeAll(async () => {
    await startEngine({ want: backend });
  });

  it.each([normMargin, regularised, hardNegatives, cosFace({ s: 8 })])(
    'gives the gradient of its loss: $name',
    (margin) => {
      const { dEmbedding, dKernel } = run(margin);
      const byEmbedding = differences((e) => run(margin, e).loss[0]!, EMBEDDING);
      const byKernel = differences((k) => run(margin, EMBEDDING, k).loss[0]!, KERNEL);
      byEmbedding.forEach((x, i) => expect(Math.abs(dEmbedding[i]! - x)).toBeLessThan(2e-3 * (1 + Math.abs(x))));
      byKernel.forEach((x, i) => expect(Math.abs(dKernel[i]! - x)).toBeLessThan(2e-3 * (1 + Math.abs(x))));
    },
  );

  it.each([normMargin, hardNegatives, softmax()])('gives the same for centres in rows: $name', (margin) => {
    const columns = run(margin);
    const rows = tidy(() => {
      const kernel: Tensor2D = transpose(tensor2d(KERNEL, [3, 4]));
      const out = head({ embedding: tensor2d(EMBEDDING, [4, 3]), kernel, layout: 'rows', labels: LABELS, margin });
      const whole = out.along ? sub(out.dKernel, mul(out.along, kernel)) : out.dKernel;
      return { loss: out.loss.dataSync(), dEmbedding: out.dEmbedding.dataSync(), dKernel: transpose(whole).dataSync() };
    });
    for (const name of ['loss', 'dEmbedding', 'dKernel'] as const)
      columns[name].forEach((x, i) => expect(rows[name][i]).toBeCloseTo(x, 5));
  });

  it('takes a residual off every target as if the margin were larger by it', () => {
    const larger = run(cosFace({ s: 8, m: 0.45 }));
    const shifted = run(cosFace({ s: 8, m: 0.4 }), EMBEDDING, KERNEL, { residual: [0.05, 0.05, 0.05, 0.05] });
    for (const [name, values] of Object.entries(larger)) {
      values.forEach((x, i) => expect(shifted[name as keyof typeof shifted][i]).toBeCloseTo(x, 5));
    }
  });

  it('reports P, the margin and the gradient scaling term (P - 1) x slope', () => {
    const { probability, margin, gradientScale, norms } = run(cosFace({ s: 8, m: 0.4 }));
    probability.forEach((p, i) => expect(gradientScale[i]).toBeCloseTo(p - 1, 5));
    margin.forEach((m) => expect(m).toBeCloseTo(0.4, 5));
    norms.forEach((n, i) => expect(n).toBeCloseTo(Math.hypot(...EMBEDDING.subarray(3 * i, 3 * i + 3)), 4));
  });

  it('reads quality from the probability of the own class without a margin', () => {
    const margin = adaFace({ s: 8, quality: 'probability' });
    const { probability } = run(cosFace({ s: 8, m: 0 }));
    run(margin);
    const average = probability.reduce((a, b) => a + b) / 4;
    expect(margin.state!.save()['batch_mean']!.data[0]).toBeCloseTo(average, 4);
    margin.state!.dispose();
  });

  it('reads quality from a column of the data', () => {
    const margin = adaFace({ s: 8, m: 0.4, h: 0.5, quality: { column: 'sharpness' } });
    const { margin: bent, cosine } = run(margin, EMBEDDING, KERNEL, { quality: Float32Array.of(1, 2, 3, 4) });
    const std = Math.sqrt(5 / 3) + 1e-3;
    cosine.forEach((c, i) => {
      const q = ((i + 1 - 2.5) / std) * 0.5;
      expect(bent[i]).toBeCloseTo(c - (Math.cos(Math.acos(c) - 0.4 * q) - 0.4 - 0.4 * q), 4);
    });
    expect(() => run(margin)).toThrow("quality must be something the batch carries, received {\"column\":\"sharpness\"}"); // prettier-ignore
    margin.state!.dispose();
  });

  it('leaves no tensor behind', () => {
    const before = memory().numTensors;
    for (const margin of [regularised, hardNegatives]) run(margin);
    expect(memory().numTensors).toBe(before);
  });
});
