import { keep, memory, scalar, tensor1d, tensor2d } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { freshen } from '../../../operators/steps/freshen.ts';
import { startEngine } from '../../../pipeline/engine/load.ts';
import type { Sample } from '../../../pipeline/items.ts';

const face: Sample = { epoch: 0, position: 3, index: 3, id: 'new', label: -1 };

describe('freshen', () => {
  beforeAll(async () => {
    await startEngine({ want: 'cpu' });
  });

  it('reads a step back and brings the pool what came with it, mined faces before newcomers', () => {
    const before = memory().numTensors;
    const told: unknown[] = [];
    const pool = {
      put: (faces: readonly Sample[], values: Float32Array) => (
        told.push(['put', faces[0]!.id, [...values]]),
        Int32Array.of(0)
      ),
      refresh: (slots: Int32Array, values: Float32Array) => void told.push(['refresh', [...slots], [...values]]),
    };
    const numbers = freshen(pool, () => ({
      loss: scalar(2),
      scalars: { more: scalar(3) },
      columns: { norm: tensor1d([4, 6]) },
      candidates: { faces: [face], embeddings: tensor2d([1, 2], [1, 2]) },
      mined: { slots: Int32Array.of(5, 7), embeddings: tensor2d([3, 4, 5, 6], [2, 2]) },
    }));
    expect(numbers.loss).toBe(2);
    expect(numbers.figures).toMatchObject({ more: 3, normMean: 5 });
    expect(told).toEqual([
      ['refresh', [5, 7], [3, 4, 5, 6]],
      ['put', 'new', [1, 2]],
    ]);
    expect(memory().numTensors).toBe(before);
    freshen(pool, () => ({ loss: scalar(1), columns: { norm: tensor1d([1]) } }));
    expect(told).toHaveLength(2);
  });

  it('leaves what the work kept, also where it fails, and then tells the pool nothing', () => {
    const before = memory().numTensors;
    const pool = { put: () => expect.fail('put'), refresh: () => expect.fail('refresh') };
    const work = (): never => {
      keep(scalar(1));
      scalar(2);
      throw new Error('no');
    };
    expect(() => freshen(pool, work)).toThrow('no');
    expect(memory().numTensors).toBe(before + 1);
  });
});
