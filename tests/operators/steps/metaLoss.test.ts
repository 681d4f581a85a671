import { memory, tensor2d, tidy, type Tensor } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { metaLoss } from '../../../operators/steps/metaLoss.ts';
import { startEngine } from '../../../pipeline/engine/load.ts';
import { closeTo, wave } from '../../contracts/numbers.ts';
import { goldenTerms } from '../../fixtures/goldenMeta.ts';

const read = (x: Tensor): Float32Array => x.dataSync<'float32'>().slice();

describe('metaLoss', () => {
  beforeAll(async () => {
    await startEngine({ want: 'cpu' });
  });

  it('counts each variation lambda squared, in loss and gradient, on the samples of its own', () => {
    const terms = goldenTerms();
    const before = memory().numTensors;
    tidy(() => {
      const embedding = tensor2d(wave(20, 1.1), [4, 5]);
      const { loss, losses, dEmbedding } = metaLoss(embedding, terms);
      const [first, second] = terms.map(({ classifier, labels }) => classifier.loss(embedding, labels));
      closeTo(read(losses.ethnicity!), read(first!.loss));
      closeTo(read(losses.pose!), read(second!.loss));
      closeTo(read(loss), [read(first!.loss)[0]! + 0.25 * read(second!.loss)[0]!]);
      const [a, b] = [read(first!.dEmbedding), read(second!.dEmbedding)];
      closeTo(read(dEmbedding), a.map((x, i) => x + 0.25 * b[i]!)); // prettier-ignore
      expect([a.slice(10).some(Boolean), b.slice(0, 10).some(Boolean)]).toEqual([false, false]);
    });
    expect(memory().numTensors).toBe(before);
    for (const { classifier } of terms) classifier.dispose();
  });
});
