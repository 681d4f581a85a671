import { add as stockAdd, reshape, tidy, type Tensor } from '@tensorflow/tfjs-core';
import { cast, castLike } from './cast.ts';
import { Fused } from './fused.ts';
import { prelu, rectified } from './prelu.ts';

const onePass = new Fused('biasPrelu', {
  maps: ['x'],
  vector: 'b',
  others: ['a'],
  nodes: [{ name: 'biased', op: 'AddV2', inputs: ['x', 'b'] }, ...rectified('biased:z:0')],
  outputs: ['y:z:0'],
});

/**
 * prelu(x + bias) of x [N, H, W, C], for inference.
 *
 * @param bias along the last axis [C], or one value a place [H x W x C]
 * @param a slopes below zero [C]
 */
export function biasPrelu(x: Tensor, bias: Tensor, a: Tensor): Tensor {
  const fused = onePass.run([x], bias, [a]);
  if (fused !== null) return fused[0]!;
  return tidy(() => {
    const shape = bias.size === x.shape.at(-1) ? bias.shape : x.shape.slice(1);
    return castLike(prelu(stockAdd(cast(x, 'float32'), reshape(bias, shape)), a), x);
  });
}
