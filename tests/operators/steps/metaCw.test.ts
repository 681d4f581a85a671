import { memory, tensor1d, tidy, type Tensor } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { cosFace } from '../../../operators/margins/cosFace.ts';
import { metaCw, type MetaCwOptions } from '../../../operators/steps/metaCw.ts';
import { startEngine } from '../../../pipeline/engine/load.ts';
import { closeTo } from '../../contracts/numbers.ts';

const read = (x: Tensor): number[] => [...x.dataSync<'float32'>()];
const SLOPES = [0.2, -0.1, 0.4];

const apply = (options: MetaCwOptions, weight?: number[]) =>
  tidy(() => {
    const out = metaCw(options).apply({
      dWeight: tensor1d(SLOPES),
      bent: {
        losses: tensor1d([1, 2, 3]),
        probability: tensor1d([0.1, 0.2, 0.3]),
        margin: tensor1d([0.4, 0.4, 0.4]),
        ...(weight && { weight: tensor1d(weight) }),
      },
      margin: cosFace(),
    });
    const { weight: counts, loss, residual, predicted, probability } = out;
    const part = read(out.partOf!(tensor1d([1, 0, 0])));
    return { counts: read(counts), loss: read(loss), residual: read(residual), predicted: read(predicted)[0]!, probability: read(probability), part }; // prettier-ignore
  });

describe('metaCw', () => {
  beforeAll(async () => {
    await startEngine({ want: 'cpu' });
  });

  it("adds to the class's weight against the slope of a pseudo step by the sum of the batch", () => {
    const before = memory().numTensors;
    const { counts, loss, residual, predicted, probability, part } = apply({}, [2, 1, 0.5]);
    closeTo(residual, SLOPES.map((g) => -0.01 * 3 * g)); // prettier-ignore
    closeTo(counts, [2 - 0.006, 1 + 0.003, 0.5 - 0.012]);
    closeTo(loss, counts.map((w, i) => w * (i + 1))); // prettier-ignore
    expect(predicted).toBeCloseTo(-0.03 * (0.04 + 0.01 + 0.16), 6);
    closeTo(probability, [0.1, 0.2, 0.3]);
    closeTo(part, [-0.03, 0, 0]);
    expect(memory().numTensors).toBe(before);
  });

  it('adds to 1 where no class has a weight, and so much whatever the slopes where it is told how much', () => {
    const { counts, residual } = apply({ step: 'rms', size: 0.2 });
    const rms = Math.sqrt((0.04 + 0.01 + 0.16) / 3);
    closeTo(residual, SLOPES.map((g) => (-0.2 * g) / rms)); // prettier-ignore
    closeTo(counts, residual.map((r) => 1 + r)); // prettier-ignore
  });

  it.each<[MetaCwOptions, string]>([
    [{ step: 'x' as 'raw' }, "step must be 'raw' or 'rms', received 'x'"],
    [{ tau: 0 }, 'tau must be above 0, received 0'],
    [{ size: -1 }, 'size must be above 0, received -1'],
  ])('refuses options outside their bounds: case %#', (options, message) => {
    expect(() => metaCw(options)).toThrow(`metaCw: ${message}`);
  });
});
