import { add, dispose, mean, mul, rsqrt, scalar, sub, sum, tensor1d, tidy, type Tensor } from '@tensorflow/tfjs-core';
import { add as addMaps } from './add.ts';
import { absent, batchNormAttributes, batchNormInference, EPSILON, type Following } from './batchNorm.ts';
import { hasOwn, isNative, run, typeOf } from './native.ts';
import { preluGrad } from './preluGrad.ts';

/** The addend is added to dx: another gradient by the same x. */
export interface BatchNormGradInput extends Following {
  /** [N, H, W, C] */
  dy: Tensor;
  x: Tensor;
  /** [C] each; mean and (biased) variance are those the forward used. */
  scale: Tensor;
  offset: Tensor;
  mean: Tensor;
  variance: Tensor;
  /** Whether these were the batch's own statistics, through which the gradient then flows. */
  train: boolean;
}

export interface BatchNormGradOutput {
  dx: Tensor;
  dScale: Tensor;
  dOffset: Tensor;
  /** Where there is a slope. */
  dSlope?: Tensor;
}

/**
 * Gradient of batch normalisation, and of the rectifier behind it, by x, scale, offset and slope.
 * By x its Jacobian without a rectifier is symmetric: fed with a tangent of x instead of dy, `dx` is the tangent of y.
 */
export function batchNormGrad(input: BatchNormGradInput): BatchNormGradOutput {
  if (hasOwn(input.x.shape.at(-1)!)) return batchNormGradOwn(input);
  const { slope, addend, ...plain } = input;
  if (slope !== undefined) {
    const { x, scale, offset, mean: runningMean, variance: runningVariance } = input;
    const z = batchNormInference({ x, scale, offset, runningMean, runningVariance });
    const { dx: dz, da } = preluGrad(input.dy, z, slope);
    const out = batchNormGrad({ ...plain, dy: dz, ...(addend && { addend }) });
    dispose([z, dz]);
    return { ...out, dSlope: da };
  }
  const out = isNative() ? batchNormGradNative(plain) : batchNormGradPortable(plain);
  if (addend === undefined) return out;
  const dx = addMaps(out.dx, addend);
  out.dx.dispose();
  return { ...out, dx };
}

function batchNormGradOwn({ dy, x, scale, offset, slope, addend, ...rest }: BatchNormGradInput): BatchNormGradOutput {
  const [noSlope, noAddend, train] = [absent(scale), absent(x), scalar(rest.train ? 1 : 0)];
  const inputs = [dy, x, scale, offset, rest.mean, rest.variance, slope ?? noSlope, addend ?? noAddend, train];
  const [dx, dScale, dOffset, dSlope] = run('RxfaceBatchNormGrad', [typeOf(x)], inputs, 4);
  dispose([noSlope, noAddend, train]);
  if (slope === undefined) dSlope!.dispose();
  return { dx: dx!, dScale: dScale!, dOffset: dOffset!, ...(slope && { dSlope: dSlope! }) };
}

function batchNormGradNative({ dy, x, scale, mean, variance, train }: BatchNormGradInput): BatchNormGradOutput {
  const unused = tensor1d([], 'float32');
  const inputs = [dy, x, scale, mean, variance, unused];
  const [dx, dScale, dOffset, ...rest] = run('FusedBatchNormGradV3', batchNormAttributes(train, x), inputs, 5);
  dispose([unused, ...rest]);
  return { dx: dx!, dScale: dScale!, dOffset: dOffset! };
}

function batchNormGradPortable(input: BatchNormGradInput): BatchNormGradOutput {
  return tidy(() => {
    const { dy, x, scale, train } = input;
    const axes = [0, 1, 2];
    const rstd = rsqrt(add(input.variance, EPSILON));
    const xHat = mul(sub(x, input.mean), rstd);
    const dScale = sum(mul(dy, xHat), axes);
    const dOffset = sum(dy, axes);
    const slope = mul(scale, rstd);
    if (!train) return { dx: mul(dy, slope), dScale, dOffset };
    const centred = sub(sub(dy, mean(dy, axes)), mul(xHat, mean(mul(dy, xHat), axes)));
    return { dx: mul(centred, slope), dScale, dOffset };
  });
}
