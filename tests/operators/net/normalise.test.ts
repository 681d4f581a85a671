import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { normalise } from '../../../operators/net/normalise.ts';
import { startEngine } from '../../../pipeline/engine/load.ts';

beforeAll(async () => {
  await startEngine({ want: 'cpu' });
});

describe('normalise', () => {
  const pixels = Uint8Array.of(0, 51, 255, 102, 204, 153);

  it('maps bytes to [-1, 1] and turns the channels round for AdaFace', () => {
    const x = normalise(pixels, 1, [1, 2], { channels: 'bgr', mean: 0.5, std: 0.5 });
    expect(x.shape).toEqual([1, 1, 2, 3]);
    const expected = [1, -0.6, -1, 0.2, 0.6, -0.2];
    for (const [i, value] of x.dataSync<'float32'>().entries()) expect(value).toBeCloseTo(expected[i]!, 6);
    x.dispose();
  });

  it('obeys another order and range', () => {
    const x = normalise(pixels, 2, [1, 1], { channels: 'rgb', mean: 0, std: 1 });
    expect(x.shape).toEqual([2, 1, 1, 3]);
    const expected = [0, 0.2, 1, 0.4, 0.8, 0.6];
    for (const [i, value] of x.dataSync<'float32'>().entries()) expect(value).toBeCloseTo(expected[i]!, 6);
    x.dispose();
    expect(tf.memory().numTensors).toBe(0);
  });

  it('refuses bytes that are not n images', () => {
    const input = { channels: 'rgb', mean: 0, std: 1 } as const;
    expect(() => normalise(pixels, 1, [2, 2], input)).toThrow(
      'normalise: expected shape [1 x 2 x 2 x 3], received [6]',
    );
  });
});
