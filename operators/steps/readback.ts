import { concat, reshape, tidy, type Scalar, type Tensor, type Tensor1D } from '@tensorflow/tfjs-core';
import { FACTORS, type Batch, type Key, type StepItem, type StepSample } from '../../pipeline/items.ts';
import type { HeadOutput } from '../margins/head.ts';

/** Numbers of a step, read back. */
export interface StepNumbers {
  loss: number;
  figures: Record<string, number>;
  /** A number for each sample of the batch, by name. */
  columns: Record<string, Float32Array>;
  /** True where every sample of the batch is to be reported. */
  each?: boolean;
  /** What came with them, in order. */
  beside: Float32Array[];
}

/** Tensors that a step reports. */
export interface StepTensors {
  loss: Scalar;
  /** Become figures under their names. */
  scalars?: Record<string, Scalar>;
  /** [B] each. Means are taken of 'norm', with its deviation, and of 'cosine'. */
  columns: { norm: Tensor1D } & Record<string, Tensor1D>;
  /** Anything else that is to be read back. */
  beside?: readonly Tensor[];
}

/** What a head says of each sample, under the names a step reports it by. */
export function columnsOf(
  out: Pick<HeadOutput, 'norms' | 'cosine' | 'probability' | 'margin' | 'gradientScale'>,
): Record<'norm' | 'cosine' | 'probability' | 'margin' | 'gradientScale', Tensor1D> {
  const { norms: norm, cosine, probability, margin, gradientScale } = out;
  return { norm, cosine, probability, margin, gradientScale };
}

/**
 * Everything a step reports, in the one readback it has: all tensors end to end in one array. Where it waits for the device, the
 * update has been sent already.
 */
export function readStep({ loss, scalars = {}, columns, beside = [] }: StepTensors): StepNumbers {
  const singles = [loss, ...Object.values(scalars)];
  const parts = [...singles, ...Object.values<Tensor1D>(columns), ...beside];
  const packed = tidy(() => concat(parts.map((x): Tensor1D => reshape(x, [-1]))));
  const all = packed.dataSync<'float32'>();
  packed.dispose();
  const count = columns.norm.shape[0];
  const read: Record<string, Float32Array> = Object.fromEntries(
    Object.keys(columns).map((name, i) => {
      const from = singles.length + i * count;
      return [name, all.slice(from, from + count)];
    }),
  );
  let at = singles.length + Object.keys(columns).length * count;
  const rest = beside.map(({ size }) => all.slice(at, (at += size)));
  const normMean = mean(read['norm']!);
  const squares = read['norm']!.reduce((sum, x) => sum + (x - normMean) ** 2, 0);
  return {
    loss: all[0]!,
    figures: {
      ...Object.fromEntries(Object.keys(scalars).map((name, i) => [name, all[i + 1]!])),
      normMean,
      normStd: count > 1 ? Math.sqrt(squares / (count - 1)) : 0,
      ...(read['cosine'] && { cosineMean: mean(read['cosine']) }),
    },
    columns: read,
    beside: rest,
  };
}

/** The chosen samples of a batch, by their index in the source. */
export function samplesOf(
  { columns }: StepNumbers,
  keys: readonly Key[],
  chosen: ReadonlySet<number>,
): NonNullable<StepItem['samples']> {
  return keys.flatMap(({ index }, i) =>
    chosen.has(index)
      ? [{ index, ...Object.fromEntries(Object.entries(columns).map(([name, values]) => [name, values[i]!])) }]
      : [],
  ) as NonNullable<StepItem['samples']>;
}

/** Every sample of a batch, with what it takes to find and to draw it again. */
export function allSamplesOf({ columns }: StepNumbers, { keys, labels, variation }: Batch): StepSample[] {
  return keys.map(({ index, position }, i) => {
    const known = FACTORS.filter((factor) => variation[factor][i]! >= 0);
    return {
      index,
      position,
      label: labels[i]!,
      variation: Object.fromEntries(known.map((factor) => [factor, variation[factor][i]!])),
      ...Object.fromEntries(Object.entries(columns).map(([name, values]) => [name, values[i]!])),
    } as StepSample;
  });
}

function mean(values: Float32Array): number {
  return values.reduce((sum, x) => sum + x, 0) / values.length;
}
