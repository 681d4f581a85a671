import { add, minimum, mul, relu, tidy, type Tensor } from '@tensorflow/tfjs-core';
import type { FunctionNode } from '../../../pipeline/bytes/savedModel.ts';
import { cast, castLike } from './cast.ts';
import { Fused } from './fused.ts';

/** The rectifier of `x` with slope 'a' as nodes of a function, whose output is 'y:z:0'. */
export function rectified(x: string): FunctionNode[] {
  return [
    { name: 'positive', op: 'Relu', inputs: [x] },
    { name: 'negative', op: 'Sub', inputs: [x, 'positive:activations:0'] },
    { name: 'scaled', op: 'Mul', inputs: ['negative:z:0', 'a'] },
    { name: 'y', op: 'AddV2', inputs: ['positive:activations:0', 'scaled:z:0'] },
  ];
}

const onePass = new Fused('prelu', { maps: ['x'], vector: 'a', nodes: rectified('x'), outputs: ['y:z:0'] });

/** max(x, 0) + a min(x, 0) with x [..., C] and a [C], whatever a's size and sign. */
export function prelu(x: Tensor, a: Tensor): Tensor {
  const fused = onePass.run([x], a);
  if (fused !== null) return fused[0]!;
  return tidy(() => {
    const wide = cast(x, 'float32');
    return castLike(add(relu(wide), mul(minimum(wide, 0), a)), x);
  });
}
