import { tidy, type Tensor } from '@tensorflow/tfjs-core';
import { pad } from './pad.ts';
import { reshape } from './reshape.ts';
import { slice } from './slice.ts';

/** Gradient of {@link subsample}: dy [N, h, w, C] spread over `shape` [N, H, W, C], zeros between. */
export function subsampleGrad(dy: Tensor, shape: readonly number[]): Tensor {
  const [n, h, w, c] = dy.shape as [number, number, number, number];
  return tidy(() => {
    const apart = pad(reshape(dy, [n, h, 1, w, c]), [[0, 0], [0, 0], [0, 1], [0, 0], [0, c]]); // prettier-ignore
    const wide = reshape(apart, [n, 2 * h, 2 * w, c]);
    return shape[1] === 2 * h && shape[2] === 2 * w ? wide : slice(wide, [0, 0, 0, 0], shape);
  });
}
