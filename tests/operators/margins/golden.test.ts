import { memory, tensor2d, type Tensor } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { adaFace } from '../../../operators/margins/adaFace.ts';
import { arcFace } from '../../../operators/margins/arcFace.ts';
import { cosFace } from '../../../operators/margins/cosFace.ts';
import { curricularFace } from '../../../operators/margins/curricularFace.ts';
import { head } from '../../../operators/margins/head.ts';
import { magFace } from '../../../operators/margins/magFace.ts';
import type { Margin } from '../../../operators/margins/margin.ts';
import { startEngine } from '../../../pipeline/engine/load.ts';

// Figures of the AdaFace repository's own heads (and CVLface's, CurricularFace's and MagFace's, where named), run in PyTorch float32 on these four unit
// features of length 5, 15, 25 and 160 against three orthogonal centres.
const FEATURES = [0.6, 0.48, 0.64, 0, 0.8, 0.6, -0.36, 0.48, 0.8, 0.28, 0, 0.96];
const NORMS = [5, 15, 25, 160];
const LABELS = Int32Array.of(0, 1, 0, 2);
const CENTRES = [1, 0, 0, 0, 1, 0, 0, 0, 1];

describe.each(['cpu', 'native'] as const)('golden vectors on %s', (backend) => {
  beforeAll(async () => {
    await startEngine({ want: backend });
  });

  it('AdaFace, first and second step with 0.99 of history', () => {
    const margin = adaFace();
    const first = runHead(margin);
    close(first.logits, [13.052135, 25.775814, -48.667332, 30.557087]);
    close([first.loss], [35.099857]);
    close(first.own.slice(0, 3), [-16.240421, -16.147099, -16.039671]);
    // 54 units of float32 below 1: the figure has four digits, so half of its last one is what can be asked.
    expect(Math.abs(first.own[3]! + 0.00003236)).toBeLessThan(6e-9);
    const saved = margin.state!.save();
    close([saved['batch_mean']!.data[0]!, saved['batch_std']!.data[0]!], [20.162498, 99.43277]);
    close([runHead(margin).loss], [35.097054]);
    const moved = margin.state!.save();
    close([moved['batch_mean']!.data[0]!, moved['batch_std']!.data[0]!], [20.323374, 98.871216]);
    margin.state!.dispose();
  });

  it("AdaFace, the batch's own statistics", () => {
    const margin = adaFace({ emaMomentum: 0 });
    close([runHead(margin).loss], [34.502468]);
    margin.state!.dispose();
  });

  it('AdaFace as CVLface released it: the same logits, another gradient', () => {
    const margin = adaFace({ gradient: 'straightThrough' });
    const { logits, loss, own } = runHead(margin);
    close(logits, [13.052135, 25.775814, -48.667332, 30.557087]);
    close([loss], [35.099857]);
    close(own.slice(0, 3), [-16, -15.999948, -16]);
    expect(Math.abs(own[3]! + 0.0000515)).toBeLessThan(6e-9);
    margin.state!.dispose();
  });

  it('ArcFace', () => {
    const { logits, loss, own } = runHead(arcFace());
    close(logits, [9.152583, 26.522291, -48.845497, 45.327366]);
    close([loss], [35.932667]);
    close(own, [-19.794428, -24.268898, -11.081371, 0]);
  });

  it('ArcFace as insightface released it: the margin counts as a constant', () => {
    const { logits, loss, own } = runHead(arcFace({ gradient: 'straightThrough' }));
    close(logits, [9.152583, 26.522291, -48.845497, 45.327366]);
    close([loss], [35.932667]);
    close(own.slice(0, 1), [-16]);
  });

  it('CosFace', () => {
    const { logits, loss, own } = runHead(cosFace());
    close(logits, [12.8, 25.6, -48.64, 35.84]);
    close([loss], [35.200008]);
    // Row 3 has 1 - P = exp(-17.92) = 1.65e-8, which is 0 in float32. (The figure published for it, 2.6e-7, is 16 times that:
    // the gradient of the row's other class, whose sign the own class cannot have.)
    close(own, [-16, -15.999956, -16, 0]);
  });

  it('CurricularFace: t, the other classes, and the gradient through the normalisation', () => {
    let others: number[] = [];
    const margin = curricularFace();
    const seen: Margin = {
      ...margin,
      apply(input) {
        const out = margin.apply(input);
        others = read(out.negatives!.logits);
        return out;
      },
    };
    const { logits, loss, byEmbedding } = runHead(seen, [1, 1, 1, 1]);
    close(logits, [9.152588, 26.522287, -48.845497, 45.32737]);
    close([loss], [26.841171]);
    close([byEmbedding[0]!, byEmbedding[4]!, byEmbedding[6]!], [-20.56344, -0.645994, -2.249385]);
    expect(Math.abs(byEmbedding[11]!)).toBeLessThan(1e-9);
    close(
      others.slice(1, 3).map((x) => 64 * x),
      [14.899201, 26.419203],
    );
    close([...margin.state!.save()['t']!.data], [0.005]);
    margin.state!.dispose();
  });

  it('MagFace: lengths clipped to 10 and 110, the margins they have, and the regulariser', () => {
    const bent = runHead(magFace());
    close([bent.loss], [28.223057 + 35 * 0.05724518]);
    close([runHead(magFace({ lambda: 0 })).loss], [28.223057]);
    const margins = [0.45, 0.4675, 0.5025, 0.8];
    const angles = [0.6, 0.8, -0.36, 0.96].map(Math.acos);
    // Row 2 has a cosine below 0: easyMargin leaves it.
    close(bent.logits, angles.map((theta, i) => 64 * Math.cos(theta + (i === 2 ? 0 : margins[i]!)))); // prettier-ignore
    close(
      runHead(magFace({ form: 'cos' })).logits,
      margins.map((m, i) => 64 * (Math.cos(angles[i]!) - m)),
    );
  });
});

const read = (x: Tensor): number[] => [...x.dataSync()];

/**
 * Target logits, loss, and the loss's gradient by the own entry of unit features that are taken as free, and by embeddings of
 * these lengths.
 */
function runHead(
  margin: Margin,
  lengths = NORMS,
): Record<'logits' | 'own' | 'byEmbedding', number[]> & { loss: number } {
  const embedding = tensor2d(
    FEATURES.map((x, i) => x * lengths[Math.floor(i / 3)]!),
    [4, 3],
  );
  const kernel = tensor2d(CENTRES, [3, 3]);
  const out = head({ embedding, kernel, labels: LABELS, margin });
  const moved = read(out.margin);
  const result = {
    logits: read(out.cosine).map((c, i) => margin.scale * (c - moved[i]!)),
    loss: read(out.loss)[0]!,
    own: read(out.gradientScale).map((g) => (g * margin.scale) / 4),
    byEmbedding: read(out.dEmbedding),
  };
  for (const tensor of [embedding, kernel, ...Object.values(out)]) tensor.dispose();
  expect(memory().numTensors).toBe({ adaFace: 2, curricularFace: 1 }[margin.name] ?? 0);
  return result;
}

/** 1e-5 relative plus 1e-9 absolute. */
function close(actual: readonly number[], expected: readonly number[]): void {
  expect(actual).toHaveLength(expected.length);
  expected.forEach((x, i) => {
    expect(Math.abs(actual[i]! - x), `${actual[i]}, expected ${x}`).toBeLessThanOrEqual(1e-5 * Math.abs(x) + 1e-9);
  });
}
