import { memory, tensor1d, tensor2d } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  softmaxCrossEntropy,
  softmaxCrossEntropyPortable,
} from '../../../../operators/net/kernels/softmaxCrossEntropy.ts';
import { startEngine } from '../../../../pipeline/engine/load.ts';

const LOGITS = [1, 2, 3, 0, 0, 200, -60, -61, 64];

describe.each(['native', 'wasm', 'cpu'] as const)('softmaxCrossEntropy on %s', (backend) => {
  beforeAll(async () => {
    await startEngine({ want: backend });
  });

  it('both twins give the loss and its gradient, far logits included', () => {
    const before = memory().numTensors;
    const logits = tensor2d(LOGITS, [3, 3]);
    const labels = tensor1d([0, 2, 1], 'int32');
    for (const twin of [softmaxCrossEntropy, softmaxCrossEntropyPortable]) {
      const { loss, dLogits } = twin(logits, labels);
      const total = Math.exp(1) + Math.exp(2) + Math.exp(3);
      expect(loss.dataSync()[0]).toBeCloseTo(Math.log(total) - 1, 5);
      expect([...loss.dataSync()].slice(1)).toEqual([0, 125]);
      const gradient = [...dLogits.dataSync()];
      [Math.exp(1) / total - 1, Math.exp(2) / total, Math.exp(3) / total, 0, 0, 0, 0, -1, 1].forEach((x, i) =>
        expect(gradient[i]).toBeCloseTo(x, 6),
      );
      loss.dispose();
      dLogits.dispose();
    }
    logits.dispose();
    labels.dispose();
    expect(memory().numTensors).toBe(before);
  });
});
