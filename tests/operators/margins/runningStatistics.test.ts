import { memory, tensor1d } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { runningStatistics } from '../../../operators/margins/runningStatistics.ts';
import { startEngine } from '../../../pipeline/engine/load.ts';

function take(statistics: ReturnType<typeof runningStatistics>, ...values: number[]): [mean: number, std: number] {
  const tensor = tensor1d(values);
  const { mean, std } = statistics.update(tensor);
  tensor.dispose();
  return [mean.dataSync()[0]!, std.dataSync()[0]!];
}

describe('runningStatistics', () => {
  beforeAll(async () => {
    await startEngine({ want: 'cpu' });
  });

  it('weights history by its momentum, deviations with ddof 1', () => {
    const statistics = runningStatistics(0.75, { mean: 4, std: 8 });
    expect(take(statistics, 1, 3)).toEqual([0.75 * 4 + 0.25 * 2, expect.closeTo(0.75 * 8 + 0.25 * Math.SQRT2, 5)]);
    statistics.dispose();
  });

  it('keeps the deviation at a batch of one', () => {
    const statistics = runningStatistics(0.5, { mean: 4, std: 8 });
    expect(take(statistics, 6)).toEqual([5, 8]);
    statistics.dispose();
  });

  it('takes the first batch whole where it has no start, even a batch of one', () => {
    const statistics = runningStatistics(0.99);
    expect(statistics.save()).toEqual({});
    expect(take(statistics, 3)).toEqual([3, 1]);
    statistics.dispose();
    expect(take(statistics, 2, 4)).toEqual([3, expect.closeTo(Math.SQRT2, 5)]);
    statistics.dispose();
  });

  it('saves its start before the first batch, and takes no state where it had none', () => {
    const started = runningStatistics(0.9, { mean: 20, std: 100 });
    expect([...started.save()['batch_mean']!.data]).toEqual([20]);
    const bare = runningStatistics(0.9);
    bare.load({});
    expect(bare.save()).toEqual({});
    expect(() => started.load({})).toThrow('batch_mean: expected an array of one number');
  });

  it('holds two tensors and no more', () => {
    const before = memory().numTensors;
    const statistics = runningStatistics(0.9, { mean: 20, std: 100 });
    for (let i = 0; i < 3; i++) take(statistics, 1, 2, i);
    statistics.load(statistics.save());
    expect(memory().numTensors).toBe(before + 2);
    statistics.dispose();
    expect(memory().numTensors).toBe(before);
  });
});
