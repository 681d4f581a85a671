import { dispose, memory, scalar, tensor1d, type Scalar } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import type { HeadOutput } from '../../../operators/margins/head.ts';
import { allSamplesOf, columnsOf, readStep, samplesOf } from '../../../operators/steps/readback.ts';
import { startEngine } from '../../../pipeline/engine/load.ts';
import { FACTORS, type Batch } from '../../../pipeline/items.ts';
import { drawnBatch } from '../../fixtures/batches.ts';

function output(norms: number[]): HeadOutput {
  const column = (from: number) => tensor1d(norms.map((_, i) => from + i));
  return {
    loss: scalar(2.5),
    norms: tensor1d(norms),
    cosine: column(10),
    probability: column(20),
    margin: column(30),
    gradientScale: column(40),
  } as unknown as HeadOutput;
}

describe('readback', () => {
  beforeAll(async () => {
    await startEngine({ want: 'cpu' });
  });

  it('takes figures and columns apart again', () => {
    const out = output([3, 5]);
    const norm: Scalar = scalar(7);
    const before = memory().numTensors;
    const numbers = readStep({
      loss: out.loss,
      scalars: { gradientNorm: norm },
      columns: columnsOf(out),
      beside: [norm, out.cosine],
    });
    expect(memory().numTensors).toBe(before);
    expect(numbers.loss).toBe(2.5);
    expect(numbers.figures).toEqual({ gradientNorm: 7, normMean: 4, normStd: Math.SQRT2, cosineMean: 10.5 });
    expect([...numbers.columns['gradientScale']!]).toEqual([40, 41]);
    expect(numbers.beside.map((x) => [...x])).toEqual([[7], [10, 11]]);
    const keys = [4, 9].map((index, position) => ({ epoch: 0, position, index }));
    expect(samplesOf(numbers, keys, new Set([9, 12]))).toEqual([
      { index: 9, norm: 5, cosine: 11, probability: 21, margin: 31, gradientScale: 41 },
    ]);
    const variation = Object.fromEntries(FACTORS.map((factor) => [factor, Int32Array.of(-1, 2)]));
    const batch = { ...drawnBatch(0, 2, 5, 8), keys, labels: Int32Array.of(1, 0), variation: variation as Batch['variation'] }; // prettier-ignore
    const [first, second] = allSamplesOf(numbers, batch);
    expect(first).toMatchObject({ index: 4, position: 0, label: 1, variation: {}, norm: 3, margin: 30 });
    expect(second).toMatchObject({ index: 9, position: 1, label: 0, variation: { ethnicity: 2, occlusion: 2 } });
    dispose([...Object.values(out), norm]);
  });

  it('has no gradient norm where none was computed, and no deviation for a batch of one', () => {
    const out = output([3]);
    expect(readStep({ loss: out.loss, columns: columnsOf(out) }).figures).toEqual({
      normMean: 3,
      normStd: 0,
      cosineMean: 10,
    });
    dispose(Object.values(out));
  });
});
