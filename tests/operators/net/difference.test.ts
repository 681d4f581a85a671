import { memory, scalar, tensor1d, tensor2d, tidy, type Tensor } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { relativeStep, shifted } from '../../../operators/net/difference.ts';
import type { ParamSpec } from '../../../operators/net/layer.ts';
import { startEngine } from '../../../pipeline/engine/load.ts';

const spec = (name: string, role: ParamSpec['role']) => ({ name, role });
const SPECS = [spec('a', 'weight'), spec('b', 'weight'), spec('n', 'norm')];

describe('difference', () => {
  beforeAll(async () => {
    await startEngine({ want: 'cpu' });
  });

  it('steps so far that the weight that moves most moves by its share', () => {
    const before = memory().numTensors;
    const step = (along: Record<string, Tensor>): number =>
      tidy(() => {
        const params = { a: tensor2d([3, 4], [1, 2]), b: tensor1d([10]), n: tensor1d([0.001]) };
        return relativeStep(params, along, SPECS, 1e-3).dataSync()[0]!;
      });
    tidy(() => {
      const along = { a: tensor2d([0, 0.5], [1, 2]), b: tensor1d([2]), n: tensor1d([9]) };
      expect(step(along)).toBeCloseTo(1e-3 / 0.2, 8); // by b: 2 / 10, not by what is no weight
      expect(step({ a: along.a })).toBeCloseTo(1e-3 / 0.1, 8);
      expect(step({ n: along.n }) * 9000).toBeCloseTo(1e-3, 8);
      expect(Number.isFinite(step({ a: tensor2d([0, 0], [1, 2]) }))).toBe(true);
      expect(step({})).toBeCloseTo(1e-3, 8);
    });
    expect(memory().numTensors).toBe(before);
  });

  it('moves what has a direction, and hands the rest on', () => {
    const before = memory().numTensors;
    tidy(() => {
      const params = { a: tensor1d([1, 2]), b: tensor1d([5]) };
      const moved = shifted(params, { a: tensor1d([10, -10]) }, scalar(0.5));
      expect([...moved['a']!.dataSync()]).toEqual([6, -3]);
      expect(moved['b']).toBe(params.b);
    });
    expect(memory().numTensors).toBe(before);
  });
});
