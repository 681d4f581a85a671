import { add, greater, mul, sub, tidy, type Tensor } from '@tensorflow/tfjs-core';
import { channelSum } from './channelSum.ts';
import { FLOAT32, isNative, runOne } from './native.ts';

/** dy where x > 0, else 0. */
function positive(dy: Tensor, x: Tensor): Tensor {
  return isNative() ? runOne('ReluGrad', [FLOAT32], [dy, x]) : mul(dy, greater(x, 0));
}

/**
 * Gradient of {@link prelu} by x. At 0 the slope is a, as in PyTorch.
 * Fed with a tangent of x instead of dy it is the tangent of the output.
 */
export function preluInputGrad(dy: Tensor, x: Tensor, a: Tensor): Tensor {
  return tidy(() => {
    const dPositive = positive(dy, x);
    return add(dPositive, mul(sub(dy, dPositive), a));
  });
}

/** Gradients of {@link prelu} by x and by a. */
export function preluGrad(dy: Tensor, x: Tensor, a: Tensor): { dx: Tensor; da: Tensor } {
  const [dx, da] = tidy(() => {
    const dPositive = positive(dy, x);
    const dNegative = sub(dy, dPositive);
    return [add(dPositive, mul(dNegative, a)), channelSum(mul(dNegative, x))] as [Tensor, Tensor];
  });
  return { dx, da };
}
