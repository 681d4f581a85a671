import { tensor1d, tidy } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { cosOfWiderAngle } from '../../../operators/margins/cosOfWiderAngle.ts';
import { startEngine } from '../../../pipeline/engine/load.ts';

const ANGLES = [0.02, 1, 2, 3];

describe('cosOfWiderAngle', () => {
  beforeAll(async () => {
    await startEngine({ want: 'cpu' });
  });

  it.each([
    ['one margin for all', 0.5, [0.5, 0.5, 0.5, 0.5]],
    ['one each', [0.1, 0.2, 0.3, 0.4], [0.1, 0.2, 0.3, 0.4]],
  ] as const)('is the cosine of the sum, past pi too: %s', (_, m, margins) => {
    const out = tidy(() => {
      const { cosine, sine, slope } = cosOfWiderAngle(
        tensor1d(ANGLES.map(Math.cos)),
        typeof m === 'number' ? m : tensor1d([...m]),
      );
      return [cosine, sine, slope].map((x) => [...x.dataSync()]);
    });
    ANGLES.forEach((theta, i) => {
      const sum = theta + margins[i]!;
      expect(out[0]![i]).toBeCloseTo(Math.cos(sum), 5);
      expect(out[1]![i]).toBeCloseTo(Math.sin(sum), 5);
      expect(out[2]![i]).toBeCloseTo(Math.sin(sum) / Math.sin(theta), 2);
    });
  });
});
