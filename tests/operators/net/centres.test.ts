import { memory, mul, tensor2d, tidy, type Tensor2D } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { CENTRES, classCentres, project } from '../../../operators/net/centres.ts';
import { startEngine } from '../../../pipeline/engine/load.ts';

describe('class centres', () => {
  beforeAll(async () => {
    await startEngine({ want: 'cpu' });
  });

  it('are columns of length 1, the same for the same seed, each for itself', () => {
    const before = memory().numTensors;
    const few = classCentres({ dimension: 8, classes: 5, seed: 7 });
    const more = classCentres({ dimension: 8, classes: 9, seed: 7 });
    const other = classCentres({ dimension: 8, classes: 5, seed: 8 });
    const column = (centres: typeof few, c: number): number[] =>
      [...centres.params[CENTRES].dataSync()].filter((_, i) => i % centres.classes === c);
    for (let c = 0; c < 5; c++) {
      expect(Math.hypot(...column(few, c))).toBeCloseTo(1, 6);
      expect(column(more, c)).toEqual(column(few, c));
      expect(column(other, c)).not.toEqual(column(few, c));
    }
    for (const centres of [few, more, other]) centres.dispose();
    expect(memory().numTensors).toBe(before);
  });

  it('come back as they were saved, and refuse those of another shape', () => {
    const centres = classCentres({ dimension: 3, classes: 2, seed: 1 });
    const saved = centres.save();
    const restored = classCentres({ dimension: 3, classes: 2 });
    expect([...restored.params[CENTRES].dataSync()]).toEqual([0, 0, 0, 0, 0, 0]);
    restored.load(saved);
    expect(restored.save()).toEqual(saved);
    const wider = classCentres({ dimension: 3, classes: 4, seed: 1 });
    expect(() => wider.load(saved)).toThrow('head.kernel: expected shape [3, 4], received [3, 2]');
    expect(() => wider.load({})).toThrow('head.kernel: expected shape [3, 4]');
    for (const c of [centres, restored, wider]) c.dispose();
  });

  it('refuse numbers that are none', () => {
    expect(() => classCentres({ dimension: 0, classes: 2, seed: 1 })).toThrow('classCentres: dimension must be');
  });

  it('have the cosine 0 to a zero embedding, not NaN', () => {
    const [logits, gradient] = tidy(() => {
      const { logits, backward } = project(tensor2d([0, 0], [1, 2]), tensor2d([3, 0, 0, 4], [2, 2]), {
        logits: 'cosine',
        scale: 8,
        clamp: 0,
      });
      const gradient = backward(tensor2d([1, 1], [1, 2])).byKernel(1);
      return [[...logits.dataSync()], [...gradient.dataSync()]];
    });
    expect(logits).toEqual([0, 0]);
    expect(gradient!.every((x) => x === 0)).toBe(true);
  });

  it('clamp scaled cosines and pass no gradient where they do', () => {
    const [logits, gradient] = tidy(() => {
      const { logits, backward } = project(tensor2d([5, 0], [1, 2]), tensor2d([2, 1, 0, 1], [2, 2]), {
        logits: 'cosine',
        scale: 10,
        clamp: 0.1,
      });
      return [
        [...logits.dataSync()],
        [
          ...backward(tensor2d([1, 1], [1, 2]))
            .byKernel(1)
            .dataSync(),
        ],
      ];
    });
    expect(logits![0]).toBeCloseTo(9, 5);
    expect(logits![1]).toBeCloseTo(10 * Math.SQRT1_2, 5);
    expect([gradient![0], gradient![2]]).toEqual([0, 0]);
    // The other column turns towards the embedding and does not change its length.
    expect(gradient![1]! + gradient![3]!).toBeCloseTo(0, 5);
    expect(gradient![1]).toBeGreaterThan(0);
  });

  it.each(['cosine', 'product'] as const)('weigh rows one by one as by a factor of their gradients: %s', (logits) => {
    const [byRows, byFactor] = tidy(() => {
      const of = (values: number[], columns: number): Tensor2D => tensor2d(values, [values.length / columns, columns]);
      const { backward } = project(of([5, 1, 2, -3], 2), of([2, 1, 0, 1, 1, 1], 3), { logits, scale: 4, clamp: 0.01 });
      const [slopes, rows] = [of([1, 2, -1, 0.5, 3, 1], 3), of([0.2, 3], 1)];
      const [apart, together] = [backward(slopes), backward(mul(slopes, rows))];
      const both = [
        [apart.byEmbedding(rows), apart.byKernel(rows)],
        [together.byEmbedding(1), together.byKernel(1)],
      ];
      return both.map((pair) => pair.flatMap((x) => [...x.dataSync()]));
    });
    byRows!.forEach((x, i) => expect(x).toBeCloseTo(byFactor![i]!, 4));
  });
});
