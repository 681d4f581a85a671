import { memory, tensor1d, tidy, type Tensor } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { cosFace } from '../../../operators/margins/cosFace.ts';
import { learningToReweight } from '../../../operators/steps/learningToReweight.ts';
import { startEngine } from '../../../pipeline/engine/load.ts';
import { closeTo } from '../../contracts/numbers.ts';

const read = (x: Tensor): number[] => [...x.dataSync<'float32'>()];
const apply = (slopes: number[]) =>
  tidy(() => {
    const { weight, loss, predicted } = learningToReweight().apply({
      dWeight: tensor1d(slopes),
      bent: {
        losses: tensor1d([1, 2, 3, 4]),
        probability: tensor1d([0.1, 0.2, 0.3, 0.4]),
        margin: tensor1d([0, 0, 0, 0]),
      },
      margin: cosFace(),
    });
    return { weight: read(weight), loss: read(loss), predicted: read(predicted)[0]! };
  });

describe('learningToReweight', () => {
  beforeAll(async () => {
    await startEngine({ want: 'cpu' });
  });

  it('lets those count that help, in proportion; of the sum, their weights are 1', () => {
    const before = memory().numTensors;
    const { weight, loss, predicted } = apply([-0.3, 0.5, -0.1, 0]);
    closeTo(weight, [3, 0, 1, 0]); // of the mean over four
    closeTo(loss, [3, 0, 3, 0]);
    expect(predicted).toBeCloseTo(-0.3 * 3 - 0.1, 5);
    expect(memory().numTensors).toBe(before);
  });

  it('lets none count where none helps', () => {
    expect(apply([0.3, 0.5, 0, 0.1]).weight.map(Math.abs)).toEqual([0, 0, 0, 0]);
  });

  it('has no pseudo step to take', () => expect(learningToReweight().fromNothing).toBe(true));
});
