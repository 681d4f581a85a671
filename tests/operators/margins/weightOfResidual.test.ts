import { expandDims, memory, mul, tensor1d, tensor2d, tidy, type Tensor, type Tensor2D } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { adaFace } from '../../../operators/margins/adaFace.ts';
import { bentHead } from '../../../operators/margins/bentHead.ts';
import { classBalanced } from '../../../operators/margins/classBalanced.ts';
import { classVolume } from '../../../operators/margins/classVolume.ts';
import { cosFace } from '../../../operators/margins/cosFace.ts';
import { curricularFace } from '../../../operators/margins/curricularFace.ts';
import { head } from '../../../operators/margins/head.ts';
import { magFace } from '../../../operators/margins/magFace.ts';
import type { Margin } from '../../../operators/margins/margin.ts';
import { mvSoftmax } from '../../../operators/margins/mvSoftmax.ts';
import { weightOfResidual } from '../../../operators/margins/weightOfResidual.ts';
import { startEngine } from '../../../pipeline/engine/load.ts';
import { dot, step, wave } from '../../contracts/numbers.ts';

const [B, D, C] = [12, 16, 30];
const LABELS = Int32Array.from({ length: B }, (_, i) => (i * 7) % C);
const CENTRES = wave(D * C, 1.7);
/** From lost to well placed: each between its own centre and elsewhere. */
const EMBEDDINGS = wave(B * D, 0.9).map((x, i) => {
  const [row, d] = [Math.floor(i / D), i % D];
  return 12 * (x + (row / 6) * CENTRES[d * C + LABELS[row]!]!);
});
const RESIDUALS = wave(B, 2.3).map((x) => 0.1 * x);
const COUNTS = Array.from({ length: C }, (_, c) => c + 1);

const MARGINS: Record<string, () => Margin> = {
  cosFace: () => cosFace({ s: 16, m: 0.3 }),
  'class volume': () => classVolume({ counts: COUNTS }),
  adaFace: () => adaFace({ s: 16, emaMomentum: 0 }),
  'mvSoftmax, with gradients from other classes': () => mvSoftmax({ s: 16, form: 'arc' }),
  curricularFace: () => curricularFace({ s: 16 }),
  'magFace, through norms and with a term of its own': () => magFace({ s: 16 }),
  'class-balanced': () => classBalanced(cosFace({ s: 16 }), { counts: COUNTS, beta: 0.9 }),
};

const tensors = () => ({
  embedding: tensor2d(EMBEDDINGS, [B, D]),
  kernel: tensor2d(CENTRES, [D, C]),
  labels: LABELS,
});
const read = (x: Tensor): Float32Array => x.dataSync<'float32'>();
/** ||a - b|| / ||b||. */
const apart = (a: Float32Array, b: Float32Array): number => {
  const gap = step(a, b, -1);
  return Math.sqrt(dot(gap, gap) / dot(b, b));
};

describe.each(['native', 'cpu'] as const)('a margin is a weight on %s', (backend) => {
  beforeAll(async () => {
    await startEngine({ want: backend });
  });

  it.each(Object.entries(MARGINS))('%s: the gradient with residuals is the weighed gradient without', (_, make) => {
    const [margin, weighed] = [make(), make()];
    tidy(() => {
      const direct = head({ ...tensors(), margin, residual: tensor1d(RESIDUALS) });
      const bent = bentHead({ ...tensors(), margin: weighed });
      const { weight, probability, loss } = weightOfResidual(bent, tensor1d(RESIDUALS), margin.scale);
      const counts = bent.weight ? mul(weight, bent.weight) : weight;
      const rows: Tensor2D = expandDims(mul(counts, 1 / B), 1);
      expect(Math.max(...read(weight))).toBeGreaterThan(1.3);
      expect(apart(read(bent.byEmbedding(rows, true)), read(direct.dEmbedding))).toBeLessThan(1e-5);
      expect(apart(read(bent.byKernel(rows)), read(direct.dKernel))).toBeLessThan(1e-5);
      expect(apart(read(probability), read(direct.probability))).toBeLessThan(1e-5);
      const entropies = read(bent.weight ? mul(loss, bent.weight) : loss);
      const mean = entropies.reduce((sum, x) => sum + x) / B + (bent.extraLoss ? read(bent.extraLoss)[0]! : 0);
      expect(Math.abs(mean - read(direct.loss)[0]!)).toBeLessThan(1e-5 * (1 + mean));
    });
    for (const one of [margin, weighed]) one.state?.dispose();
  });

  it('is the table of the method: what an easy, a balanced and a hard sample gain at a scale of 64', () => {
    const before = memory().numTensors;
    const gain = (u: number, r: number): number =>
      tidy(() => {
        const probability = tensor1d([1 / (1 + Math.exp(u))]);
        const losses = tensor1d([Math.log1p(Math.exp(u))]);
        return read(weightOfResidual({ losses, probability }, tensor1d([r]), 64).weight)[0]!;
      });
    expect(gain(-20, 0.02)).toBeCloseTo(3.6, 1);
    expect(gain(-5, 0.05)).toBeCloseTo(21, 0);
    expect(gain(0, 0.1)).toBeCloseTo(2, 2);
    expect(gain(5, 0.05)).toBeCloseTo(1.006, 3);
    expect(memory().numTensors).toBe(before);
  });
});
