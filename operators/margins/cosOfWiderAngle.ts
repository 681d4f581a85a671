import { add, cos, div, mul, sin, sqrt, sub, type Tensor, type Tensor1D } from '@tensorflow/tfjs-core';

/** All [B], of an angle theta + m. */
export interface WiderAngle {
  /** cos(theta + m). */
  cosine: Tensor1D;
  /** sin(theta + m). */
  sine: Tensor1D;
  /** d cos(theta + m) / d cos(theta). */
  slope: Tensor1D;
}

/**
 * The cosine of an angle widened by a margin, from the cosine alone: cos(theta + m) = cos(theta) cos(m) - sin(theta) sin(m).
 *
 * In plain words: no angle is computed, and nothing is clipped, so past pi the cosine rises again: who uses this decides by a
 * threshold what happens there. The slope, sin(theta + m) / sin(theta), has no bound at theta = 0, which the clamp of the
 * cosines keeps away.
 *
 * @param cosTarget [B] cos(theta), inside (-1, 1)
 * @param m margin in radians, one for all or one each [B]
 */
export function cosOfWiderAngle(cosTarget: Tensor1D, m: number | Tensor1D): WiderAngle {
  const cosM: Tensor | number = typeof m === 'number' ? Math.cos(m) : cos(m);
  const sinM: Tensor | number = typeof m === 'number' ? Math.sin(m) : sin(m);
  // As a product it keeps its digits where the cosine is near 1.
  const sinTheta: Tensor1D = sqrt(mul(sub(1, cosTarget), add(1, cosTarget)));
  const cosine: Tensor1D = sub(mul(cosTarget, cosM), mul(sinTheta, sinM));
  const sine: Tensor1D = add(mul(sinTheta, cosM), mul(cosTarget, sinM));
  return { cosine, sine, slope: div(sine, sinTheta) };
}
