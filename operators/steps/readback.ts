import { concat, reshape, tidy, type Scalar, type Tensor1D } from '@tensorflow/tfjs-core';
import type { Key, StepItem } from '../../pipeline/items.ts';
import type { HeadOutput } from '../margins/head.ts';

/** Numbers of a step, read back. */
export interface StepNumbers {
  loss: number;
  figures: Record<string, number>;
  /** Per sample of the batch. */
  norms: Float32Array;
  cosine: Float32Array;
  probability: Float32Array;
  margin: Float32Array;
  gradientScale: Float32Array;
}

const COLUMNS = ['norms', 'cosine', 'probability', 'margin', 'gradientScale'] as const;

/**
 * Everything a step reports, in the one readback it has: all tensors end to end in one array. Where it waits for the device, the
 * update has been sent already.
 */
export function readStep(out: HeadOutput, gradientNorm: Scalar | undefined): StepNumbers {
  const scalars = gradientNorm ? [out.loss, gradientNorm] : [out.loss];
  const packed = tidy(() =>
    concat([...scalars.map((x): Tensor1D => reshape(x, [1])), ...COLUMNS.map((name) => out[name])]),
  );
  const all = packed.dataSync<'float32'>();
  packed.dispose();
  const count = out.norms.shape[0];
  const columns = Object.fromEntries(
    COLUMNS.map((name, i) => [name, all.slice(scalars.length + i * count, scalars.length + (i + 1) * count)]),
  ) as Record<(typeof COLUMNS)[number], Float32Array>;
  const normMean = mean(columns.norms);
  const squares = columns.norms.reduce((sum, x) => sum + (x - normMean) ** 2, 0);
  return {
    loss: all[0]!,
    figures: {
      ...(gradientNorm && { gradientNorm: all[1]! }),
      normMean,
      normStd: count > 1 ? Math.sqrt(squares / (count - 1)) : 0,
      cosineMean: mean(columns.cosine),
    },
    ...columns,
  };
}

/** The chosen samples of a batch, by their index in the source. */
export function samplesOf(
  numbers: StepNumbers,
  keys: readonly Key[],
  chosen: ReadonlySet<number>,
): StepItem['samples'] {
  return keys.flatMap(({ index }, i) =>
    chosen.has(index)
      ? [
          {
            index,
            norm: numbers.norms[i]!,
            cosine: numbers.cosine[i]!,
            probability: numbers.probability[i]!,
            margin: numbers.margin[i]!,
            gradientScale: numbers.gradientScale[i]!,
          },
        ]
      : [],
  );
}

function mean(values: Float32Array): number {
  return values.reduce((sum, x) => sum + x, 0) / values.length;
}
