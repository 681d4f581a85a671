import { add, minimum, mul, relu, tidy, type Tensor } from '@tensorflow/tfjs-core';
import { Fused } from './fused.ts';

const onePass = new Fused('prelu', {
  inputs: ['x', 'a'],
  nodes: [
    { name: 'positive', op: 'Relu', inputs: ['x'] },
    { name: 'negative', op: 'Sub', inputs: ['x', 'positive:activations:0'] },
    { name: 'scaled', op: 'Mul', inputs: ['negative:z:0', 'a'] },
    { name: 'y', op: 'AddV2', inputs: ['positive:activations:0', 'scaled:z:0'] },
  ],
  outputs: ['y:z:0'],
});

/** max(x, 0) + a min(x, 0) with x [..., C] and a [C], whatever a's size and sign. */
export function prelu(x: Tensor, a: Tensor): Tensor {
  return onePass.run([x], a)?.[0] ?? tidy(() => add(relu(x), mul(minimum(x, 0), a)));
}
