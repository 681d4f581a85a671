import { minimum, mul, tidy, type Tensor } from '@tensorflow/tfjs-core';
import { cast, castLike } from './kernels/cast.ts';
import { preluInputGrad } from './kernels/preluGrad.ts';
import type { ParamSpec } from './layer.ts';
import { sumOf } from './tangents.ts';

/** What a rectifier with a slope a channel below zero learns, 0.25 at first (He et al. 2015). */
export function preluSlope(name: string, channels: number): ParamSpec {
  return {
    name: `${name}.weight`,
    shape: [channels],
    layout: { kind: 'vector' },
    role: 'prelu',
    init: { kind: 'constant', value: 0.25 },
  };
}

/** Tangent of prelu(x, a) for those of x, which is consumed, and of a; a missing one is zero. */
export function preluTangent(x: Tensor, xdot: Tensor, a: Tensor, aDot: Tensor | undefined): Tensor {
  const bySlope = aDot === undefined ? null : tidy(() => castLike(mul(minimum(cast(x, 'float32'), 0), aDot), x));
  const byInput = preluInputGrad(xdot, x, a);
  xdot.dispose();
  return sumOf(byInput, bySlope);
}
