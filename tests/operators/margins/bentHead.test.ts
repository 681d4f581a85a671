import { add, memory, tensor2d, tidy, type Tensor, type Tensor2D } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { bentHead, meanLoss } from '../../../operators/margins/bentHead.ts';
import { classBalanced } from '../../../operators/margins/classBalanced.ts';
import { cosFace } from '../../../operators/margins/cosFace.ts';
import { magFace } from '../../../operators/margins/magFace.ts';
import { startEngine } from '../../../pipeline/engine/load.ts';
import { closeTo, wave } from '../../contracts/numbers.ts';

const labels = Int32Array.of(1, 0, 3, 2);
const given = () => ({
  embedding: tensor2d(
    wave(12, 0.9).map((x) => 30 * x),
    [4, 3],
  ),
  kernel: tensor2d(wave(15, 1.7), [3, 5]),
  labels,
});
const read = (x: Tensor): Float32Array => x.dataSync<'float32'>();

describe('bentHead', () => {
  beforeAll(async () => {
    await startEngine({ want: 'cpu' });
  });

  it('gives the gradient of each sample by itself, and of the weighed sum', () => {
    const before = memory().numTensors;
    tidy(() => {
      const bent = bentHead({ ...given(), margin: cosFace({ s: 8 }) });
      const each = [0, 1, 2, 3].map((j) => tensor2d([0, 1, 2, 3].map((i) => Number(i === j)), [4, 1])); // prettier-ignore
      const weights = [0.5, 2, 0, 3];
      const sum = (of: (rows: Tensor2D) => Tensor): Float32Array =>
        each.map((rows, j) => read(of(rows)).map((x) => x * weights[j]!)).reduce((a, b) => a.map((x, i) => x + b[i]!)); // prettier-ignore
      const rows = tensor2d(weights, [4, 1]);
      closeTo(read(bent.byKernel(rows)), sum(bent.byKernel));
      closeTo(
        read(bent.byEmbedding(rows, false)),
        sum((one) => bent.byEmbedding(one, false)),
      );
      const alone = read(bent.byEmbedding(each[1]!, false));
      expect(alone.every((x, i) => (x === 0) === (Math.floor(i / 3) !== 1))).toBe(true);
    });
    expect(memory().numTensors).toBe(before);
  });

  it("adds the margin's own term to the whole gradient alone, whatever the samples count", () => {
    tidy(() => {
      const bent = bentHead({ ...given(), margin: magFace({ s: 8 }) });
      const term = (rows: number): Float32Array => {
        const [whole, part] = [read(bent.byEmbedding(rows, true)), read(bent.byEmbedding(rows, false))];
        return whole.map((x, i) => x - part[i]!);
      };
      expect(Math.max(...term(0).map(Math.abs))).toBeGreaterThan(1e-4);
      closeTo(term(1), term(0), 1e-3);
      closeTo(term(0), read(bent.ownTerm!()));
      closeTo(read(meanLoss(bent)), read(add(meanLoss({ losses: bent.losses }), bent.extraLoss!)));
    });
  });

  it('leaves the losses unweighed, and weighs their mean', () => {
    tidy(() => {
      const counts = [1, 10, 100, 1000, 10];
      const bent = bentHead({ ...given(), margin: classBalanced(cosFace({ s: 8 }), { counts, beta: 0.99 }) });
      const plain = bentHead({ ...given(), margin: cosFace({ s: 8 }) });
      closeTo(read(bent.losses), read(plain.losses));
      const weights = read(bent.weight!);
      const mean = read(bent.losses).reduce((sum, x, i) => sum + x * weights[i]!, 0) / 4;
      closeTo(read(meanLoss(bent)), [mean]);
    });
  });
});
