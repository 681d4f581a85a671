import { memory, tensor1d, tensor2d } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { replaceOwn, replaceOwnPortable } from '../../../../operators/net/kernels/replaceOwn.ts';
import { startEngine } from '../../../../pipeline/engine/load.ts';

describe.each(['native', 'wasm', 'cpu'] as const)('replaceOwn on %s', (backend) => {
  beforeAll(async () => {
    await startEngine({ want: backend });
  });

  it('both twins replace one entry a row and leave their input as it was', () => {
    const before = memory().numTensors;
    const x = tensor2d([1, 2, 3, 4, 5, 6], [2, 3]);
    const labels = tensor1d([2, 0], 'int32');
    const values = tensor1d([9, 8]);
    for (const twin of [replaceOwn, replaceOwnPortable]) {
      const replaced = twin(x, labels, values);
      expect([...replaced.dataSync()]).toEqual([1, 2, 9, 8, 5, 6]);
      expect([...x.dataSync()]).toEqual([1, 2, 3, 4, 5, 6]);
      replaced.dispose();
    }
    for (const tensor of [x, labels, values]) tensor.dispose();
    expect(memory().numTensors).toBe(before);
  });
});
