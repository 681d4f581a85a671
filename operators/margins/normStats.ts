import { defer, map, type Observable } from 'rxjs';
import type { Stage, StateMap } from '../../pipeline/contracts.ts';
import { OptionError } from '../../pipeline/errors.ts';
import type { Embeddings } from '../../pipeline/items.ts';

/** Norms are clipped to [NORM_MIN, NORM_MAX] before statistics are taken. */
export const NORM_MIN = 0.001;
export const NORM_MAX = 100;
/** Added to the standard deviation it divides by. */
export const STD_EPSILON = 1e-3;
/** Statistics before the first batch. */
export const NORM_START = { mean: 20, std: 100 } as const;

export interface NormStatsOptions {
  /** Share of history, in [0, 1]. Default 0.99. */
  emaMomentum?: number;
  /** Concentration of the quality, at least 0. Default 0.333. */
  h?: number;
}

/** Statistics of the norms after a batch, and how its embeddings stand to them. */
export interface NormStats {
  epoch: number;
  ids: string[];
  /** [N] lengths of the embeddings, clipped to [0.001, 100]. */
  norms: Float32Array;
  /** Running mean and standard deviation, this batch taken in. */
  mean: number;
  std: number;
  /** [N] AdaFace's quality indicator in [-1, 1]. */
  quality: Float32Array;
}

/**
 * Running statistics of embedding norms over a stream of batches, and the quality each embedding has by them.
 *
 * In plain words: how long embeddings usually are, lately, and how far above or below that each one is. These are AdaFace's
 * numbers (paper, Eq 16 and 17) for any stream of embeddings: to watch a training, or to sort images by quality.
 *
 * ```
 * embeddings  --[5,15,25,160]--[...]--|
 *   normStats()
 * statistics  --{mean 20.16}---{...}--|
 * ```
 *
 * The mean and standard deviation (ddof 1) of a batch go in with the weight 1 - emaMomentum before they are used; they start at
 * 20 and 100. A batch of one leaves the standard deviation as it is. Every subscription starts from
 * there, or from the state it was given; what is saved is what the last one came to.
 *
 * @example
 * from([embeddings]).pipe(normStats()).subscribe(({ mean, std }) => console.log(mean, std));
 *
 * @return One item per batch, in order.
 * @throws OptionError where an option is outside its bounds
 */
export function normStats({ emaMomentum = 0.99, h = 0.333 }: NormStatsOptions = {}): Stage<Embeddings, NormStats> {
  if (!(emaMomentum >= 0 && emaMomentum <= 1)) {
    throw new OptionError('normStats', 'emaMomentum', 'in [0, 1]', emaMomentum);
  }
  if (!(h >= 0)) throw new OptionError('normStats', 'h', 'at least 0', h);
  let start: { mean: number; std: number } = NORM_START;
  let latest = start;

  const operator = (source: Observable<Embeddings>): Observable<NormStats> =>
    defer(() => {
      let { mean, std } = start;
      return source.pipe(
        map(({ epoch, ids, values, dimension }) => {
          const norms = normsOf(values, dimension);
          const batch = deviation(norms);
          if (norms.length > 0) mean = emaMomentum * mean + (1 - emaMomentum) * batch.mean;
          if (norms.length > 1) std = emaMomentum * std + (1 - emaMomentum) * batch.std;
          latest = { mean, std };
          const quality = norms.map((x) => Math.min(Math.max(((x - mean) / (std + STD_EPSILON)) * h, -1), 1));
          return { epoch, ids, norms, mean, std, quality };
        }),
      );
    });
  return Object.assign(operator, {
    label: { in: 'Embeddings', out: 'NormStats', keeps: 'order, count', asks: 1, gives: 1, holds: 0 },
    state: {
      save: (): StateMap => ({
        batch_mean: { shape: [1], data: Float64Array.of(latest.mean) },
        batch_std: { shape: [1], data: Float64Array.of(latest.std) },
      }),
      load: ({ batch_mean: mean, batch_std: std }: StateMap): void => {
        start = { mean: mean?.data[0] ?? start.mean, std: std?.data[0] ?? start.std };
        latest = start;
      },
    },
  });
}

/** [N] lengths of the rows, clipped. */
function normsOf(values: Float32Array, dimension: number): Float32Array {
  return Float32Array.from({ length: values.length / dimension }, (_, i) => {
    const row = values.subarray(i * dimension, (i + 1) * dimension);
    return Math.min(Math.max(Math.sqrt(row.reduce((sum, x) => sum + x * x, 0)), NORM_MIN), NORM_MAX);
  });
}

/** Mean and standard deviation with ddof 1. */
function deviation(values: Float32Array): { mean: number; std: number } {
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  return { mean, std: Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (values.length - 1)) };
}
