import {
  clipByValue,
  div,
  equal,
  keep,
  matMul,
  maximum,
  mul,
  reciprocal,
  reshape,
  sqrt,
  square,
  sub,
  sum,
} from '@tensorflow/tfjs-core';
import { add, tensor2d, type Tensor1D, type Tensor2D } from '@tensorflow/tfjs-core';
import type { StateMap } from '../../pipeline/contracts.ts';
import { OptionError, ShapeError } from '../../pipeline/errors.ts';
import { keyedRandom } from '../maths/keyedRandom.ts';

/** Name of the centres among the parameters, as in the AdaFace repository. */
export const CENTRES = 'head.kernel';

/** Class centres: one column of D numbers a class. They belong to the caller, a step replaces them in place. */
export interface Centres {
  readonly dimension: number;
  readonly classes: number;
  /** `head.kernel` [D, C]. */
  readonly params: { [CENTRES]: Tensor2D };
  save(): StateMap;
  /** @throws ShapeError where `head.kernel` is missing or of other classes or another dimension */
  load(state: StateMap): void;
  dispose(): void;
}

/**
 * Class centres, drawn uniform in (-1, 1) and scaled to columns of length 1, as the AdaFace repository does.
 *
 * In plain words: one point on the sphere for each person of the training set, which embeddings are drawn to.
 *
 * @param options.dimension D, numbers in an embedding
 * @param options.classes C, people
 * @param options.seed the same seed draws the same centres; without one they are all 0, to be loaded
 */
export function classCentres(options: { dimension: number; classes: number; seed?: number }): Centres {
  const { dimension, classes, seed } = options;
  for (const [name, value] of Object.entries({ dimension, classes })) {
    if (!(Number.isInteger(value) && value > 0))
      throw new OptionError('classCentres', name, 'a whole number above 0', value);
  }
  const first = seed === undefined ? new Float32Array(dimension * classes) : draw(dimension, classes, seed);
  const params = { [CENTRES]: keep(tensor2d(first, [dimension, classes])) };
  return {
    dimension,
    classes,
    params,
    save: () => ({ [CENTRES]: { shape: [dimension, classes], data: Float32Array.from(params[CENTRES].dataSync()) } }),
    load(state) {
      const kernel = kernelOf(state, dimension, classes);
      params[CENTRES].dispose();
      params[CENTRES] = kernel;
    },
    dispose: () => params[CENTRES].dispose(),
  };
}

/**
 * The array `head.kernel` of a state as a tensor [D, C], kept.
 *
 * @throws ShapeError where it is missing or of another shape
 */
export function kernelOf(state: StateMap, dimension: number, classes: number): Tensor2D {
  const kernel = state[CENTRES];
  if (kernel?.shape[0] !== dimension || kernel.shape[1] !== classes) {
    throw new ShapeError(CENTRES, `[${dimension}, ${classes}]`, kernel?.shape ?? []);
  }
  return keep(tensor2d(Float32Array.from(kernel.data), [dimension, classes]));
}

/** [D, C], keyed by class: the centre of class 5 does not depend on how many others there are. */
function draw(dimension: number, classes: number, seed: number): Float32Array {
  const values = new Float32Array(dimension * classes);
  const column = new Float64Array(dimension);
  for (let c = 0; c < classes; c++) {
    const random = keyedRandom(seed, CENTRES, 0, c);
    for (let d = 0; d < dimension; d++) column[d] = 2 * random() - 1;
    const length = Math.hypot(...column);
    for (let d = 0; d < dimension; d++) values[d * classes + c] = column[d]! / length;
  }
  return values;
}

/** Embeddings against centres. Holds tensors: keep it inside one tidy. */
export interface Projection {
  /** [B, C] scale x cosine, clamped; or inner products. */
  logits: Tensor2D;
  /** [B] lengths of the embeddings. */
  norms: Tensor1D;
  /** Gradient [B, D] of sum(dNorms x norms) by the embeddings. */
  throughNorms(dNorms: Tensor1D): Tensor2D;
  /** The way back of one gradient [B, C] of the logits, to either side by itself. */
  backward(dLogits: Tensor2D): ProjectionGradient;
}

/** Gradients of sum(weight x dLogits x logits) + sum(dNorms x norms); `weight` is one number or [B, 1]. */
export interface ProjectionGradient {
  /** [B, D]. */
  byEmbedding(weight: number | Tensor2D, dNorms?: Tensor1D): Tensor2D;
  /** [D, C]. */
  byKernel(weight: number | Tensor2D): Tensor2D;
}

/** Below it a length counts as this, so that a zero vector has the cosine 0 and not NaN. */
const LENGTH_EPSILON = 1e-12;

/**
 * Logits of embeddings against class centres, and the way back.
 *
 * In plain words: both sides are brought to length 1, so that only their angle counts. Neither the normalised centres nor anything
 * else of their size is built: lengths are divided out of the products.
 *
 * @param embedding [B, D] before normalisation
 * @param kernel [D, C]
 * @param options.logits 'cosine', or 'product' for plain inner products
 * @param options.scale of the cosines
 * @param options.clamp cosines are clamped to +-(1 - clamp); no gradient passes where the clamp holds, and 0 clamps nothing
 */
export function project(
  embedding: Tensor2D,
  kernel: Tensor2D,
  options: { logits: 'cosine' | 'product'; scale: number; clamp: number },
): Projection {
  const { scale, clamp } = options;
  const norms: Tensor1D = sqrt(sum(square(embedding), 1));
  const lengths: Tensor2D = maximum(reshape(norms, [-1, 1]), LENGTH_EPSILON);
  const unit: Tensor2D = div(embedding, lengths);
  const throughNorms = (dNorms: Tensor1D): Tensor2D => mul(unit, reshape(dNorms, [-1, 1]));
  const withNorms = (d: Tensor2D, dNorms?: Tensor1D): Tensor2D => (dNorms ? add(d, throughNorms(dNorms)) : d);

  if (options.logits === 'product') {
    return {
      logits: matMul(embedding, kernel),
      norms,
      throughNorms,
      backward: (dLogits) => ({
        byEmbedding: (weight, dNorms) => withNorms(mul(matMul(dLogits, kernel, false, true), weight), dNorms),
        byKernel: (weight) => matMul(mul(embedding, weight), dLogits, true, false),
      }),
    };
  }

  const shrink = reciprocal(maximum(sqrt(sum(square(kernel), 0, true)), LENGTH_EPSILON)); // [1, C]
  const scaled: Tensor2D = mul(unit, scale);
  const free: Tensor2D = mul(matMul(scaled, kernel), shrink);
  const limit = scale * (1 - clamp);
  const logits: Tensor2D = clamp > 0 ? clipByValue(free, -limit, limit) : free;
  return {
    logits,
    norms,
    throughNorms,
    backward(dLogits) {
      const passed: Tensor2D = clamp > 0 ? mul(dLogits, equal(logits, free)) : dLogits;
      const shrunk: Tensor2D = mul(passed, shrink);
      // Along its own direction a vector that is normalised has no gradient: both take that part out.
      return {
        byEmbedding(weight, dNorms) {
          const slope = typeof weight === 'number' ? scale * weight : mul(weight, scale);
          const dUnit: Tensor2D = mul(matMul(shrunk, kernel, false, true), slope);
          const dEmbedding: Tensor2D = div(sub(dUnit, mul(unit, sum(mul(unit, dUnit), 1, true))), lengths);
          return withNorms(dEmbedding, dNorms);
        },
        byKernel(weight) {
          const along: Tensor2D = mul(free, passed);
          const summed = typeof weight === 'number' ? sum(along, 0, true) : matMul(weight, along, true, false);
          const once = mul(summed, square(shrink));
          const radial = typeof weight === 'number' ? mul(once, weight) : once; // [1, C]
          return sub(matMul(mul(scaled, weight), shrunk, true, false), mul(kernel, radial));
        },
      };
    },
  };
}
