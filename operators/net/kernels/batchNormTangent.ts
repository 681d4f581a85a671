import { dispose, minimum, mul, scalar, tidy, zerosLike, type Tensor } from '@tensorflow/tfjs-core';
import { add } from './add.ts';
import { absent, batchNormInference, type Following } from './batchNorm.ts';
import { batchNormGrad } from './batchNormGrad.ts';
import { cast, castLike } from './cast.ts';
import { hasOwn, runOne, typeOf } from './native.ts';
import { preluInputGrad } from './preluGrad.ts';

/** The addend is added to the tangent: that of something which is added to y. */
export interface BatchNormTangentInput extends Following {
  /** [N, H, W, C] each. */
  x: Tensor;
  xdot: Tensor;
  /** [C] each; mean and (biased) variance are those the forward used. */
  scale: Tensor;
  offset: Tensor;
  mean: Tensor;
  variance: Tensor;
  /** Whether these were the batch's own statistics, which then move with x. */
  train: boolean;
  /** [C] tangents of the parameters; a missing one is zero. */
  along: { scale?: Tensor; offset?: Tensor; slope?: Tensor };
}

/** Tangent of batch normalisation and of the rectifier behind it, as x and the parameters move. Natively in two passes over memory. */
export function batchNormTangent(input: BatchNormTangentInput): Tensor {
  return hasOwn(input.x.shape.at(-1)!) ? batchNormTangentOwn(input) : batchNormTangentComposed(input);
}

function batchNormTangentOwn({ x, xdot, slope, addend, along, ...rest }: BatchNormTangentInput): Tensor {
  const { scale, offset, mean, variance } = rest;
  const [none, noAddend, train] = [absent(scale), absent(x), scalar(rest.train ? 1 : 0)];
  const { scale: scaleDot = none, offset: offsetDot = none, slope: slopeDot = none } = along;
  const vectors = [scale, offset, mean, variance, slope ?? none, scaleDot, offsetDot, slopeDot];
  const ydot = runOne('RxfaceBatchNormTangent', [typeOf(x)], [x, xdot, ...vectors, addend ?? noAddend, train]);
  dispose([none, noAddend, train]);
  return ydot;
}

function batchNormTangentComposed({ xdot, along, slope, addend, ...rest }: BatchNormTangentInput): Tensor {
  return tidy(() => {
    const { x, scale, mean: runningMean, variance: runningVariance } = rest;
    const none = zerosLike(scale);
    const inference = (by: { scale?: Tensor; offset?: Tensor }): Tensor =>
      batchNormInference({ x, scale: by.scale ?? none, offset: by.offset ?? none, runningMean, runningVariance });
    // The Jacobian by x is symmetric, so the gradient's formula is the tangent's.
    const byInput = batchNormGrad({ ...rest, dy: xdot }).dx;
    const normal = along.scale || along.offset ? add(byInput, inference(along)) : byInput;
    const tangent = slope ? preluTangent(inference(rest), normal, slope, along.slope) : normal;
    return addend ? add(tangent, addend) : tangent;
  });
}

function preluTangent(x: Tensor, xdot: Tensor, a: Tensor, aDot: Tensor | undefined): Tensor {
  const byInput = preluInputGrad(xdot, x, a);
  return aDot ? add(byInput, castLike(mul(minimum(cast(x, 'float32'), 0), aDot), x)) : byInput;
}
