import { add, greater, mul, sub, tidy, type Tensor } from '@tensorflow/tfjs-core';
import { cast, castLike } from './cast.ts';
import { channelSum } from './channelSum.ts';
import { Fused } from './fused.ts';
import { FLOAT32, isNative, runOne } from './native.ts';

const inputs = { maps: ['dy', 'x'], vector: 'a' };
const slopes = [
  { name: 'positive', op: 'ReluGrad', inputs: ['dy', 'x'] },
  { name: 'negative', op: 'Sub', inputs: ['dy', 'positive:backprops:0'] },
  { name: 'scaled', op: 'Mul', inputs: ['negative:z:0', 'a'] },
  { name: 'dx', op: 'AddV2', inputs: ['positive:backprops:0', 'scaled:z:0'] },
];
const product = { name: 'product', op: 'Mul', inputs: ['negative:z:0', 'x'] };
const onePass = new Fused('preluInputGrad', { ...inputs, nodes: slopes, outputs: ['dx:z:0'] });
const twoPasses = new Fused('preluGrad', {
  ...inputs,
  nodes: [...slopes, product],
  outputs: ['dx:z:0', 'product:z:0'],
  // They are summed over all pixels.
  wide: ['product:z:0'],
});

/**
 * Gradient of {@link prelu} by x. At 0 the slope is a, as in PyTorch.
 * Fed with a tangent of x instead of dy it is the tangent of the output.
 */
export function preluInputGrad(dy: Tensor, x: Tensor, a: Tensor): Tensor {
  const fused = onePass.run([dy, x], a);
  if (fused !== null) return fused[0]!;
  return tidy(() => {
    const [slope, wide] = [cast(dy, 'float32'), cast(x, 'float32')];
    const dPositive = positive(slope, wide);
    return castLike(add(dPositive, mul(sub(slope, dPositive), a)), x);
  });
}

/** Gradients of {@link prelu} by x and by a. */
export function preluGrad(dy: Tensor, x: Tensor, a: Tensor): { dx: Tensor; da: Tensor } {
  const [dx, products] = twoPasses.run([dy, x], a) ?? plain(dy, x, a);
  const da = channelSum(products!);
  products!.dispose();
  return { dx: dx!, da };
}

/** dx, and what sums up to da over the pixels. */
function plain(dy: Tensor, x: Tensor, a: Tensor): Tensor[] {
  return tidy(() => {
    const [slope, wide] = [cast(dy, 'float32'), cast(x, 'float32')];
    const dPositive = positive(slope, wide);
    const dNegative = sub(slope, dPositive);
    return [castLike(add(dPositive, mul(dNegative, a)), x), mul(dNegative, wide)];
  });
}

/** dy where x > 0, else 0. */
function positive(dy: Tensor, x: Tensor): Tensor {
  return isNative() ? runOne('ReluGrad', [FLOAT32], [dy, x]) : mul(dy, greater(x, 0));
}
