import { add as stockAdd, tidy, type Tensor } from '@tensorflow/tfjs-core';
import { cast, castLike } from './cast.ts';
import { Fused } from './fused.ts';

const onePass = new Fused('biasedSum', {
  maps: ['x', 'y'],
  vector: 'b',
  nodes: [
    { name: 'sum', op: 'AddV2', inputs: ['x', 'y'] },
    { name: 'biased', op: 'AddV2', inputs: ['sum:z:0', 'b'] },
  ],
  outputs: ['biased:z:0'],
});

/** x + y + bias of two maps [..., C] and a vector [C], for inference. */
export function biasedSum(x: Tensor, y: Tensor, bias: Tensor): Tensor {
  const fused = onePass.run([x, y], bias);
  if (fused !== null) return fused[0]!;
  return tidy(() => castLike(stockAdd(stockAdd(cast(x, 'float32'), cast(y, 'float32')), bias), x));
}
