import {
  add,
  keep,
  mean,
  mul,
  scalar,
  sqrt,
  square,
  sub,
  sum,
  tidy,
  type Scalar,
  type Tensor1D,
} from '@tensorflow/tfjs-core';
import type { StateArray, StateMap } from '../../pipeline/contracts.ts';
import { loadOne, saveOne } from './oneNumber.ts';

export interface RunningStatistics {
  /** Takes a batch in and gives the statistics as they stand after it; both stay this object's. */
  update(values: Tensor1D): { mean: Scalar; std: Scalar };
  /** 'batch_mean' and 'batch_std' [1], as the AdaFace repository's buffers are called. Empty before the first batch where there is no start. */
  save(): StateMap;
  load(state: StateMap): void;
  dispose(): void;
}

/**
 * Exponential moving average of the mean and standard deviation of batches, kept as tensors: nothing is read back.
 *
 * In plain words: what is usual for these values lately. mean <- momentum mean + (1 - momentum) mean of the batch, std alike,
 * std of a batch with ddof 1. A batch of one has no std, so it leaves the std as it is.
 *
 * @param momentum share of history, in [0, 1]
 * @param start values before the first batch; without it the first batch is taken whole
 */
export function runningStatistics(momentum: number, start?: { mean: number; std: number }): RunningStatistics {
  let current: { mean: Scalar; std: Scalar } | undefined;
  const set = (next: { mean: Scalar; std: Scalar }): void => {
    current?.mean.dispose();
    current?.std.dispose();
    current = { mean: keep(next.mean), std: keep(next.std) };
  };
  const initial = (): { mean: Scalar; std: Scalar } | undefined =>
    start && { mean: scalar(start.mean), std: scalar(start.std) };
  return {
    update(values) {
      tidy(() => {
        const before = current ?? initial();
        const count = values.shape[0];
        const batchMean: Scalar = mean(values);
        const batchStd: Scalar =
          count > 1
            ? sqrt(mul(sum(square(sub(values, batchMean))), 1 / (count - 1)))
            : (before?.std.clone() ?? scalar(1));
        set({
          mean: before ? average(before.mean, batchMean, momentum) : batchMean,
          std: before && count > 1 ? average(before.std, batchStd, momentum) : batchStd,
        });
      });
      return current!;
    },
    save(): StateMap {
      const at = current ?? start;
      return at ? { batch_mean: arrayOf(at.mean), batch_std: arrayOf(at.std) } : {};
    },
    load(state) {
      if (!start && Object.keys(state).length === 0) return;
      const [meanThen, stdThen] = [loadOne(state, 'batch_mean'), loadOne(state, 'batch_std')];
      set({ mean: scalar(meanThen), std: scalar(stdThen) });
    },
    dispose() {
      current?.mean.dispose();
      current?.std.dispose();
      current = undefined;
    },
  };
}

function average(history: Scalar, now: Scalar, momentum: number): Scalar {
  return add(mul(history, momentum), mul(now, 1 - momentum));
}

function arrayOf(x: Scalar | number): StateArray {
  return saveOne(typeof x === 'number' ? x : x.dataSync()[0]!);
}
