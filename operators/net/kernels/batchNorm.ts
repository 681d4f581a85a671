import { add, dispose, mean, mul, rsqrt, square, sub, tensor1d, tidy, type Tensor } from '@tensorflow/tfjs-core';
import { add as addMaps } from './add.ts';
import { castLike } from './cast.ts';
import { hasOwn, isNative, run, typeOf, type Attribute } from './native.ts';
import { prelu } from './prelu.ts';

/** PyTorch's defaults, which the AdaFace networks use. */
export const EPSILON = 1e-5;
/** Share of the batch in a new running statistic. */
export const MOMENTUM = 0.1;

/** What may follow batch normalisation in the same pass over memory. */
export interface Following {
  /** [C] PReLU's slope below zero. */
  slope?: Tensor;
  /** [N, H, W, C] added to the result. */
  addend?: Tensor;
}

export interface BatchNormInput extends Following {
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

/** Batch normalisation with the statistics of the batch, and what follows it. */
export function batchNormTrain(input: BatchNormInput): BatchNormOutput {
  if (hasOwn(input.x.shape.at(-1)!)) return batchNormTrainOwn(input);
  const out = isNative() ? batchNormTrainNative(input) : batchNormTrainPortable(input);
  return { ...out, y: followed(out.y, input) };
}

/** Stands for an optional input of our own operations, of x's type, that is left out. The caller owns it. */
export function absent(x: Tensor): Tensor {
  return tidy(() => castLike(tensor1d([], 'float32'), x));
}

function batchNormTrainNative({ x, scale, offset, runningMean, runningVariance }: BatchNormInput): BatchNormOutput {
  const attributes: Attribute[] = [...batchNormAttributes(true, x), ['exponential_avg_factor', 'FLOAT', MOMENTUM]];
  const inputs = [x, scale, offset, runningMean, runningVariance];
  const [y, nextMean, nextVariance, mean, variance, unused] = run('FusedBatchNormV3', attributes, inputs, 6);
  unused!.dispose();
  return {
    y: y!,
    mean: mean!,
    variance: variance!,
    runningMean: nextMean!,
    runningVariance: nextVariance!,
  };
}

function batchNormTrainOwn({ x, scale, offset, slope, addend, ...running }: BatchNormInput): BatchNormOutput {
  const [noSlope, noAddend] = [absent(scale), absent(x)];
  const inputs = [x, scale, offset, running.runningMean, running.runningVariance, slope ?? noSlope, addend ?? noAddend];
  const [y, mean, variance, runningMean, runningVariance] = run('RxfaceBatchNorm', [typeOf(x)], inputs, 5);
  dispose([noSlope, noAddend]);
  return {
    y: y!,
    mean: mean!,
    variance: variance!,
    runningMean: runningMean!,
    runningVariance: runningVariance!,
  };
}

/** y, which is consumed, rectified and added to. */
function followed(y: Tensor, { slope, addend }: Following): Tensor {
  const rectified = slope ? prelu(y, slope) : y;
  const total = addend ? addMaps(rectified, addend) : rectified;
  if (rectified !== y) y.dispose();
  if (total !== rectified) rectified.dispose();
  return total;
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

/** Batch normalisation with given statistics: (x - mean) / sqrt(variance + eps) x scale + offset, and what follows it. */
export function batchNormInference(input: BatchNormInput): Tensor {
  const { x, scale, offset, runningMean, runningVariance } = input;
  if (isNative()) {
    const inputs = [x, scale, offset, runningMean, runningVariance];
    const [y, ...unused] = run('FusedBatchNormV3', batchNormAttributes(false, x), inputs, 6);
    dispose(unused);
    return followed(y!, input);
  }
  const normal = tidy(() => {
    const slope = mul(rsqrt(add(runningVariance, EPSILON)), scale);
    return add(mul(x, slope), sub(offset, mul(runningMean, slope)));
  });
  return followed(normal, input);
}
