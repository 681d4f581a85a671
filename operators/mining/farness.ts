import { concat, fill, matMul, mul, square, sum, tensor2d, tidy, where, type Tensor2D } from '@tensorflow/tfjs-core';

/** What stands in the place of a distance to a face that may not be chosen: farther from being farthest than any. */
export const NEVER = -1e30;

/**
 * How far every face of a pool is from every face of a batch, by logits: |b|^2 - 2 a.b, the squared distance but for the
 * |a|^2 of its row (MvCoM, Eq 9), as one matMul of [-2a, 1] with [b, |b|^2]. The tensor is the caller's.
 *
 * @param batch a [B, C]
 * @param pool b [P, C]
 * @param eligible [P] 1 for a face that may be chosen; the others get {@link NEVER}
 * @return [B, P]
 */
export function farness(batch: Tensor2D, pool: Tensor2D, eligible: Uint8Array): Tensor2D {
  return tidy(() => {
    const allowed = tensor2d(Uint8Array.from(eligible), [eligible.length, 1], 'bool');
    const squares = sum(square(pool), 1, true) as Tensor2D;
    const left: Tensor2D = concat([mul(batch, -2), fill([batch.shape[0], 1], 1)], 1);
    const right: Tensor2D = concat([pool, where(allowed, squares, fill([eligible.length, 1], NEVER)) as Tensor2D], 1);
    return matMul(left, right, false, true);
  });
}
