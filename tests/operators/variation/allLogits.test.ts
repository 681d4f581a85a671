import { norm, tensor2d, tidy, type Tensor2D } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { allLogits } from '../../../operators/variation/allLogits.ts';
import { variationClassifier } from '../../../operators/variation/classifier.ts';
import { startEngine } from '../../../pipeline/engine/load.ts';
import { closeTo, wave } from '../../contracts/numbers.ts';

describe.each(['native', 'wasm', 'cpu'] as const)('allLogits on %s', (backend) => {
  beforeAll(async () => void (await startEngine({ want: backend })));

  it('are those of each classifier', () => {
    const [N, D] = [5, 6];
    const classifiers = [
      variationClassifier({ factor: 'pose', dimension: D, seed: 1 }),
      variationClassifier({ factor: 'blur', dimension: D, seed: 1, features: 'raw' }),
      variationClassifier({ factor: 'ethnicity', dimension: D, seed: 1, scale: 3 }),
    ];
    const labels = Int32Array.of(0, 1, 2, 3, 0);
    tidy(() => {
      const e = tensor2d(wave(N * D, 0.7), [N, D]);
      // Biases of their own.
      for (const classifier of classifiers) classifier.update(e, labels);
      const all = allLogits(classifiers, e, norm(e, 2, 1, true) as Tensor2D);
      expect(all).toHaveLength(3);
      for (const [k, classifier] of classifiers.entries())
        closeTo(all[k]!.dataSync(), classifier.logits(e).dataSync(), 1e-5);
      expect(classifiers[0]!.params.bias.dataSync().some((x) => x !== 0)).toBe(true);
    });
    for (const classifier of classifiers) classifier.dispose();
  });
});
