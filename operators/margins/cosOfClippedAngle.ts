import { clipByValue, cos, div, equal, mul, sin, type Tensor1D } from '@tensorflow/tfjs-core';

/**
 * Cosine of a bent angle clipped to [epsilon, pi - epsilon], and its slope by the cosine of the angle it was bent from.
 *
 * In plain words: d cos(phi) / d cos(theta) = sin(phi) / sin(theta) where phi moves with theta, and 0 where the clip holds it.
 * The clip keeps the cosine falling: past pi it would rise again and reward the worst samples.
 *
 * @param theta [B] in [epsilon, pi - epsilon], which the clamp of the cosines sees to
 * @param bent [B] theta plus a margin that does not depend on it; for a multiple of theta the slope wants that factor, too
 */
export function cosOfClippedAngle(
  theta: Tensor1D,
  bent: Tensor1D,
  epsilon: number,
): { target: Tensor1D; slope: Tensor1D } {
  const phi: Tensor1D = clipByValue(bent, epsilon, Math.PI - epsilon);
  const slope: Tensor1D = mul(div(sin(phi), sin(theta)), equal(phi, bent));
  return { target: cos(phi), slope };
}
