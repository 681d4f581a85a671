import { memory, tensor1d, tidy, type Tensor } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { bentHead } from '../../../operators/margins/bentHead.ts';
import { head } from '../../../operators/margins/head.ts';
import { keyedRandom } from '../../../operators/maths/keyedRandom.ts';
import { CENTRES } from '../../../operators/net/centres.ts';
import type { Grads, Mode } from '../../../operators/net/layer.ts';
import { createScope } from '../../../operators/net/scope.ts';
import { learnWeights, type Learning } from '../../../operators/steps/learnWeights.ts';
import { marginResiduals } from '../../../operators/steps/marginResiduals.ts';
import { metaLoss } from '../../../operators/steps/metaLoss.ts';
import { pseudoStep } from '../../../operators/steps/pseudoStep.ts';
import { startEngine } from '../../../pipeline/engine/load.ts';
import oracle from '../../fixtures/meta_gradient.json' with { type: 'json' };
import { batchX, caseTerms, caseTrained, LABELS, metaX, RATE } from '../../fixtures/metaCase.ts';

const SLOPES = marginResiduals({ step: 'raw', tau: 1, residualMax: Infinity, marginMin: -99, marginMax: 99 });
const MODE: Mode = { train: true, updateStats: false, step: 0, seed: 0 };
const read = (x: Tensor): number[] => [...x.dataSync<'float32'>()];
const minus = (x: Tensor): number[] => read(x).map((v) => -v);
const largest = (x: readonly number[]): number => Math.max(...x.map(Math.abs));
/** Largest difference, in parts of the largest number. */
const off = (a: readonly number[], b: readonly number[]): number => largest(a.map((x, i) => x - b[i]!)) / largest(b);

function slopes(margin: string, learning: Partial<Learning>, learningRate = RATE) {
  const trained = caseTrained(margin);
  const { terms, end } = caseTerms();
  const { model, centres } = trained;
  const found = tidy(() => {
    const scope = createScope({ keeps: true });
    const x = batchX();
    const embedding = model.forward(x.clone(), MODE, scope);
    const bent = bentHead({ embedding, kernel: centres.params[CENTRES], labels: LABELS, margin: trained.margin });
    const learned = learnWeights(
      trained,
      { rule: SLOPES, hypergrad: 'jvp', pseudo: 'sgd', metaBN: 'train', ...learning },
      {
        forwarded: { model, mode: MODE, scope, embedding, x },
        bent,
        own: bent.byEmbedding(1, false),
        x: metaX(),
        terms,
        learningRate,
        apart: true,
      },
    );
    const parts = Object.entries(learned.parts).map(([factor, t]) => [factor, minus(t)] as const);
    const { residual, predicted } = learned.outcome;
    return {
      residual: read(residual),
      byMargin: minus(residual),
      predicted: read(predicted)[0]!,
      parts: Object.fromEntries(parts),
    };
  });
  trained.end();
  end();
  return found;
}

/** The meta loss after a plain pseudo step with these residuals on the margins: no part of the closed form is used. */
function metaLossAfter(margin: string, residuals: Float32Array, learningRate: number): number {
  const trained = caseTrained(margin);
  const { terms, end } = caseTerms();
  const { model, centres } = trained;
  const loss = tidy(() => {
    const scope = createScope({ keeps: true });
    const embedding = model.forward(batchX(), MODE, scope);
    const residual = tensor1d(residuals);
    const out = head({ embedding, kernel: centres.params[CENTRES], labels: LABELS, margin: trained.margin, residual });
    const grads: Grads = {};
    model.backward(out.dEmbedding, scope, grads, false);
    const { params } = pseudoStep('sgd', trained, grads, learningRate);
    const after = model.forward(metaX(), MODE, createScope({ keeps: false }), params);
    return read(metaLoss(after, terms).loss)[0]!;
  });
  trained.end();
  end();
  return loss;
}

describe('the meta-gradient of an IR-10 with batch statistics', () => {
  beforeAll(async () => {
    await startEngine();
  });

  it.each(oracle)('is that of double backward in float64: $margin, pseudo step $pseudo', (expected) => {
    const before = memory().numTensors;
    const pseudo = expected.pseudo as Learning['pseudo'];
    const { byMargin, parts } = slopes(expected.margin, { pseudo });
    expect(memory().numTensors).toBe(before);
    expect(off(byMargin, expected.byMargin)).toBeLessThan(1e-3);
    const lambda: Record<string, number> = { ethnicity: 1, pose: 0.5, blur: 0.8, occlusion: 1 };
    for (const [factor, own] of Object.entries(expected.byResidual)) {
      expect(off(parts[factor]!, own.map((x) => lambda[factor]! * x))).toBeLessThan(1e-3); // prettier-ignore
    }
  });
  it.each(['fdForward', 'fdCentral'] as const)('is near by differences: %s', (hypergrad) => {
    for (const { margin, pseudo, byMargin } of oracle) {
      const found = slopes(margin, { hypergrad, pseudo: pseudo as Learning['pseudo'] });
      expect(off(found.byMargin, byMargin)).toBeLessThan(3e-2);
    }
  });

  // Shorter steps see rounding, longer ones the network's bends: what they differ by is what a difference can say here.
  it.each(['classVolume', 'adaFace'])('is the slope of the real meta loss along random residuals: %s', (margin) => {
    const rate = 0.005;
    const { byMargin } = slopes(margin, {}, rate);
    for (const draw of [0, 1]) {
      const random = keyedRandom(5, 'residuals', draw, 0);
      const along = Float32Array.from(byMargin, () => Math.sign(random() - 0.5));
      const slope = byMargin.reduce((sum, g, i) => sum + g * along[i]!, 0);
      const study = [0.024, 0.012, 0.006, 0.003, 0.0015, 0.0008].map((h) => {
        const at = (sign: number): number => metaLossAfter(margin, along.map((d) => sign * h * d), rate); // prettier-ignore
        return (at(1) - at(-1)) / (2 * h);
      });
      const spread = Math.max(...study) - Math.min(...study);
      const middle = study.reduce((sum, x) => sum + x, 0) / study.length;
      expect(spread).toBeLessThan(0.1 * Math.abs(slope));
      expect(Math.abs(middle - slope)).toBeLessThan(Math.min(spread, 0.03 * Math.abs(slope)));
    }
  });

  it.each(['classVolume', 'adaFace'])('makes residuals that lower the meta loss as they promise: %s', (margin) => {
    const rate = 0.005;
    const none = metaLossAfter(margin, new Float32Array(LABELS.length), rate);
    for (const residualMax of [0.02, 0.005]) {
      const rule = marginResiduals({ residualMax });
      const { residual, predicted } = slopes(margin, { rule }, rate);
      expect(largest(residual)).toBeCloseTo(residualMax, 5);
      const fall = metaLossAfter(margin, Float32Array.from(residual), rate) - none;
      expect(predicted).toBeLessThan(-1e-5);
      expect(fall / predicted).toBeGreaterThan(0.8);
      expect(fall / predicted).toBeLessThan(1.25);
    }
  });
});
