import { readFileSync } from 'node:fs';
import { memory, tensor2d, tidy, type Tensor } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { combined } from '../../../operators/margins/combined.ts';
import { cosFace } from '../../../operators/margins/cosFace.ts';
import { curricularFace } from '../../../operators/margins/curricularFace.ts';
import { head } from '../../../operators/margins/head.ts';
import { magFace } from '../../../operators/margins/magFace.ts';
import type { Margin } from '../../../operators/margins/margin.ts';
import { mvSoftmax } from '../../../operators/margins/mvSoftmax.ts';
import { sphereFace } from '../../../operators/margins/sphereFace.ts';
import { withFiltering } from '../../../operators/margins/withFiltering.ts';
import { startEngine } from '../../../pipeline/engine/load.ts';

interface Step {
  loss: number;
  target: number[];
  dEmbedding: number[];
  dKernel: number[];
  /** CurricularFace's t after the step. */
  t?: number;
}

const fixture = JSON.parse(readFileSync(new URL('../../fixtures/margins.json', import.meta.url), 'utf8')) as {
  embedding: number[];
  kernel: number[];
  labels: number[];
  cases: Record<string, Step[]>;
};
const LABELS = Int32Array.from(fixture.labels);
const COUNT = LABELS.length;
const DIMENSION = fixture.embedding.length / COUNT;

const MARGINS: Record<string, () => Margin> = {
  sphereFace: () => sphereFace(),
  'sphereFace, Caffe': () => sphereFace({ annealing: { rate: 0.12, power: 1 } }),
  'sphereFace, m 3, short': () => sphereFace({ s: 16, m: 3, annealing: { start: 4, rate: 0.5, power: 1, least: 1 } }),
  opensphere: () => sphereFace({ s: 30, m: 1.7, annealing: false, gradient: 'straightThrough' }),
  'combined, 1, 0.3, 0.2': () => combined(),
  'combined, 0.9, 0.4, 0.15': () => combined({ m1: 0.9, m2: 0.4, m3: 0.15 }),
  'mvSoftmax, am': () => mvSoftmax(),
  'mvSoftmax, arc': () => mvSoftmax({ form: 'arc', m: 0.5 }),
  curricularFace: () => curricularFace(),
  magFace: () => magFace(),
  'magFace, not easy': () => magFace({ easyMargin: false }),
  'magFace, cos': () => magFace({ form: 'cos', margins: [0.35, 0.8], lambda: 150 }),
  'cosFace, filtered': () => withFiltering(cosFace(), { threshold: 0.4 }),
};

describe.each(['cpu', 'native', 'wasm'] as const)('margins against PyTorch on %s', (backend) => {
  beforeAll(async () => {
    await startEngine({ want: backend });
  });

  it.each(Object.entries(fixture.cases))('%s', (name, steps) => {
    const before = memory().numTensors;
    const margin = MARGINS[name]!();
    for (const [i, expected] of steps.entries()) {
      const { t, ...numbers } = runHead(margin, embeddingOf(name, i));
      close([numbers.loss], [expected.loss]);
      close(numbers.target, expected.target);
      close(numbers.dEmbedding, expected.dEmbedding);
      close(numbers.dKernel, expected.dKernel);
      if (expected.t !== undefined) close([t!], [expected.t]);
    }
    margin.state?.dispose();
    expect(memory().numTensors).toBe(before);
  });

  it('leaves no case of the fixture out', () => {
    expect(Object.keys(MARGINS).toSorted()).toEqual(Object.keys(fixture.cases).toSorted());
  });
});

/** CurricularFace's second batch has its rows' numbers in reverse, the third has them negated: t moves each time. */
function embeddingOf(name: string, step: number): number[] {
  if (name !== 'curricularFace' || step === 0) return fixture.embedding;
  if (step === 2) return fixture.embedding.map((x) => -x);
  return fixture.embedding.map((_, i) => fixture.embedding[i - 2 * (i % DIMENSION) + DIMENSION - 1]!);
}

function runHead(margin: Margin, e: number[]): Step {
  return tidy(() => {
    const embedding = tensor2d(e, [COUNT, DIMENSION]);
    const kernel = tensor2d(fixture.kernel, [DIMENSION, fixture.kernel.length / DIMENSION]);
    const out = head({ embedding, kernel, labels: LABELS, margin });
    const read = (x: Tensor): number[] => [...x.dataSync()];
    const moved = read(out.margin);
    const t = margin.state?.save()['t']?.data[0];
    return {
      loss: read(out.loss)[0]!,
      target: read(out.cosine).map((c, i) => margin.scale * (c - moved[i]!)),
      dEmbedding: read(out.dEmbedding),
      dKernel: read(out.dKernel),
      ...(t !== undefined && { t }),
    };
  });
}

/** float32 against float64: 1e-5 of the number and of the root mean square of all. */
function close(actual: readonly number[], expected: readonly number[]): void {
  const size = Math.sqrt(expected.reduce((sum, x) => sum + x * x, 0) / expected.length);
  expected.forEach((x, i) => {
    expect(Math.abs(actual[i]! - x), `${actual[i]}, expected ${x}`).toBeLessThanOrEqual(1e-5 * (Math.abs(x) + size));
  });
}
