import { add, mean, mul, rsqrt, sub, sum, tensor1d, tidy, type Tensor } from '@tensorflow/tfjs-core';
import { batchNormAttributes, EPSILON } from './batchNorm.ts';
import { isNative, run } from './native.ts';

export interface BatchNormGradInput {
  /** [N, H, W, C] */
  dy: Tensor;
  x: Tensor;
  /** [C] each; mean and (biased) variance are those the forward used. */
  scale: Tensor;
  mean: Tensor;
  variance: Tensor;
  /** Whether these were the batch's own statistics, through which the gradient then flows. */
  train: boolean;
}

/**
 * Gradient of batch normalisation by x, scale and offset.
 * By x its Jacobian is symmetric: fed with a tangent of x instead of dy, `dx` is the tangent of y.
 */
export function batchNormGrad(input: BatchNormGradInput): { dx: Tensor; dScale: Tensor; dOffset: Tensor } {
  if (!isNative()) return batchNormGradPortable(input);
  const unused = tensor1d([], 'float32');
  const inputs = [input.dy, input.x, input.scale, input.mean, input.variance, unused];
  const [dx, dScale, dOffset, ...rest] = run(
    'FusedBatchNormGradV3',
    batchNormAttributes(input.train, input.x),
    inputs,
    5,
  );
  for (const tensor of [unused, ...rest]) tensor.dispose();
  return { dx: dx!, dScale: dScale!, dOffset: dOffset! };
}

function batchNormGradPortable(input: BatchNormGradInput): { dx: Tensor; dScale: Tensor; dOffset: Tensor } {
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
