import { addN, mul, scalar, sub, tensor1d, tidy, type Scalar, type Tensor, type Tensor2D } from '@tensorflow/tfjs-core';
import { FLOAT32, hasOwn, run, runOne } from './native.ts';

/** Numbers of one update, the same for all parameters. */
export interface Rates {
  learningRate: number;
  momentum: number;
  /** 0: none. */
  weightDecay: number;
  /** The clip's factor in (0, 1], where there is a clip. */
  clip?: Scalar;
}

/**
 * One parameter's step as PyTorch's SGD takes it: d = clip g + decay w, v = momentum v + d, w - learningRate v. In one pass over memory
 * where the operation is our own.
 *
 * Nothing given is consumed: a pseudo-update that keeps the old weights is the same call.
 *
 * @param velocity absent before the first step, where v = d
 */
export function descend(
  weight: Tensor,
  gradient: Tensor,
  velocity: Tensor | undefined,
  rates: Rates,
): { weight: Tensor; velocity: Tensor } {
  return (hasOwn() ? descendOwn : descendPortable)(weight, gradient, velocity, rates);
}

function descendOwn(...[weight, gradient, velocity, rates]: Parameters<typeof descend>): ReturnType<typeof descend> {
  return tidy(() => {
    const inputs = [weight, gradient, velocity ?? nothing(), ...ratesInputs(rates)];
    const [next, speed] = run('RxfaceSgd', [FLOAT32], inputs, 2);
    return { weight: next!, velocity: speed! };
  });
}

/**
 * The same for some rows of a table [C, D], where they lie, each of whose gradients is what is given less `along` x row. Only where
 * tables are of our own operations.
 *
 * @param at [R] the rows, each once
 * @param gradient [R, D]
 * @param along [R, 1], where the gradient has such a part
 */
export function descendInPlace(
  weight: Tensor2D,
  velocity: Tensor2D,
  at: Int32Array,
  gradient: Tensor2D,
  along: Tensor2D | undefined,
  rates: Rates,
): void {
  tidy(() => {
    const inputs = [weight, velocity, tensor1d(at, 'int32'), gradient, along ?? nothing(), ...ratesInputs(rates)];
    runOne('RxfaceSgdRows', [FLOAT32], inputs);
  });
}

/** An optional input of an operation of our own that is left out. */
const nothing = (): Tensor => tensor1d([], 'float32');

function ratesInputs({ learningRate, momentum, weightDecay, clip }: Rates): [numbers: Tensor, clip: Tensor] {
  return [tensor1d([learningRate, momentum, weightDecay], 'float32'), clip ?? scalar(1)];
}

function descendPortable(
  ...[weight, gradient, velocity, rates]: Parameters<typeof descend>
): ReturnType<typeof descend> {
  const { learningRate, momentum, weightDecay, clip } = rates;
  return tidy(() => {
    const terms = [clip ? mul(gradient, clip) : gradient];
    if (weightDecay > 0) terms.push(mul(weight, weightDecay));
    if (velocity) terms.push(mul(velocity, momentum));
    const next = terms.length > 1 ? addN(terms) : terms[0]!.clone();
    return { weight: sub(weight, mul(next, learningRate)), velocity: next };
  });
}
