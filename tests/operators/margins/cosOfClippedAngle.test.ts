import { tensor1d, tidy } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { cosOfClippedAngle } from '../../../operators/margins/cosOfClippedAngle.ts';
import { startEngine } from '../../../pipeline/engine/load.ts';

describe('cosOfClippedAngle', () => {
  beforeAll(async () => {
    await startEngine({ want: 'cpu' });
  });

  it('moves with the angle between the clips and stands still beyond them', () => {
    const [target, slope] = tidy(() => {
      const out = cosOfClippedAngle(tensor1d([1, 3, 0.2]), tensor1d([1.5, 3.5, -0.1]), 0.01);
      return [[...out.target.dataSync()], [...out.slope.dataSync()]];
    });
    const expected = [Math.cos(1.5), Math.cos(Math.PI - 0.01), Math.cos(0.01)];
    target!.forEach((x, i) => expect(x).toBeCloseTo(expected[i]!, 5));
    expect(slope![0]).toBeCloseTo(Math.sin(1.5) / Math.sin(1), 5);
    expect(slope!.slice(1)).toEqual([0, 0]);
  });
});
