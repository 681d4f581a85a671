import { add, minimum, mul, relu, tidy, type Tensor } from '@tensorflow/tfjs-core';

/** max(x, 0) + a min(x, 0) with x [..., C] and a [C], whatever a's size and sign. */
export function prelu(x: Tensor, a: Tensor): Tensor {
  return tidy(() => add(relu(x), mul(minimum(x, 0), a)));
}
