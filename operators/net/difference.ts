import { add, div, maximum, mul, scalar, sqrt, square, stack, sum, max, tidy } from '@tensorflow/tfjs-core';
import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import type { Params, ParamSpec } from './layer.ts';

/**
 * How far to go along a direction for a difference: h such that the weight that moves most, in relation to its own length, moves by
 * `share` of it. h = share / max(|v| / |W|) over convolutions and linear layers; nothing is read back.
 *
 * In plain words: too long a step sees the network's bends, too short a one only rounding. Which is which depends on how large the
 * weights are, so the step is measured in them.
 *
 * @param along direction v by parameter name; missing names stand still
 * @param share in float32 about 1e-4 for a one-sided and 3e-5 for a central difference
 */
export function relativeStep(
  params: Params,
  along: Params,
  specs: readonly Pick<ParamSpec, 'name' | 'role'>[],
  share: number,
): Scalar {
  return tidy(() => {
    const moved = specs.filter(({ name }) => along[name] !== undefined);
    const weights = moved.filter(({ role }) => role === 'weight');
    const shares = (weights.length > 0 ? weights : moved).map(({ name }) =>
      div(length(along[name]!), maximum(length(params[name]!), TINY)),
    );
    if (shares.length === 0) return scalar(share);
    return div(share, maximum(max(stack(shares)), TINY)) as Scalar;
  });
}

/** Nothing that has a length is shorter; keeps a direction of zeros from an endless step. */
const TINY = 1e-30;

function length(x: Tensor): Scalar {
  return sqrt(sum(square(x)));
}

/** Parameters moved by h along a direction: new tensors for what moves, the receiver's, and for the rest the tensors given. */
export function shifted(params: Params, along: Params, h: Scalar | number): Record<string, Tensor> {
  return Object.fromEntries(
    Object.entries(params).map(([name, value]) => {
      const direction = along[name];
      return [name, direction === undefined ? value : tidy(() => add(value, mul(direction, h)))];
    }),
  );
}
