import { add, mean, mul, rsqrt, square, sub, tidy, type Tensor } from '@tensorflow/tfjs-core';
import { isNative, run, typeOf, type Attribute } from './native.ts';

/** PyTorch's defaults, which the AdaFace networks use. */
export const EPSILON = 1e-5;
/** Share of the batch in a new running statistic. */
export const MOMENTUM = 0.1;

export interface BatchNormInput {
  /** [N, H, W, C] */
  x: Tensor;
  /** [C] each. */
  scale: Tensor;
  offset: Tensor;
  runningMean: Tensor;
  runningVariance: Tensor;
}

export interface BatchNormOutput {
  y: Tensor;
  /** [C] the statistics y was made with; the variance is the biased one. */
  mean: Tensor;
  variance: Tensor;
  /** [C] running statistics after this batch; the batch's unbiased variance goes into them. */
  runningMean: Tensor;
  runningVariance: Tensor;
}

/** Attributes that batch normalisation and its gradient share. */
export function batchNormAttributes(train: boolean, x: Tensor): Attribute[] {
  return [
    typeOf(x),
    ['U', 'TYPE', 1],
    ['epsilon', 'FLOAT', EPSILON],
    ['data_format', 'STRING', 'NHWC'],
    ['is_training', 'BOOL', train],
  ];
}

/** Batch normalisation with the statistics of the batch. */
export function batchNormTrain(input: BatchNormInput): BatchNormOutput {
  if (!isNative()) return batchNormTrainPortable(input);
  const attributes: Attribute[] = [
    ...batchNormAttributes(true, input.x),
    ['exponential_avg_factor', 'FLOAT', MOMENTUM],
  ];
  const inputs = [input.x, input.scale, input.offset, input.runningMean, input.runningVariance];
  const [y, runningMean, runningVariance, batchMean, variance, unused] = run('FusedBatchNormV3', attributes, inputs, 6);
  unused!.dispose();
  return {
    y: y!,
    mean: batchMean!,
    variance: variance!,
    runningMean: runningMean!,
    runningVariance: runningVariance!,
  };
}

function batchNormTrainPortable({ x, scale, offset, ...running }: BatchNormInput): BatchNormOutput {
  return tidy(() => {
    const axes = [0, 1, 2];
    const count = x.size / x.shape[3]!;
    const batchMean = mean(x, axes);
    const centred = sub(x, batchMean);
    const variance = mean(square(centred), axes);
    const y = add(mul(centred, mul(rsqrt(add(variance, EPSILON)), scale)), offset);
    const unbiased = mul(variance, count / Math.max(1, count - 1));
    return {
      y,
      mean: batchMean,
      variance,
      runningMean: mix(running.runningMean, batchMean),
      runningVariance: mix(running.runningVariance, unbiased),
    };
  });
}

/** A running statistic after one more batch. */
function mix(old: Tensor, now: Tensor): Tensor {
  return add(mul(old, 1 - MOMENTUM), mul(now, MOMENTUM));
}

/** Batch normalisation with given statistics: (x - mean) / sqrt(variance + eps) x scale + offset. */
export function batchNormInference({ x, scale, offset, runningMean, runningVariance }: BatchNormInput): Tensor {
  if (isNative()) {
    const inputs = [x, scale, offset, runningMean, runningVariance];
    const [y, ...unused] = run('FusedBatchNormV3', batchNormAttributes(false, x), inputs, 6);
    for (const tensor of unused) tensor.dispose();
    return y!;
  }
  return tidy(() => {
    const slope = mul(rsqrt(add(runningVariance, EPSILON)), scale);
    return add(mul(x, slope), sub(offset, mul(runningMean, slope)));
  });
}
