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
  tidy,
} from '@tensorflow/tfjs-core';
import { add, tensor2d, type Tensor1D, type Tensor2D } from '@tensorflow/tfjs-core';
import type { StateMap } from '../../pipeline/contracts.ts';
import { OptionError, ShapeError } from '../../pipeline/errors.ts';
import { keyedRandom } from '../maths/keyedRandom.ts';
import { rowLengths } from './kernels/rowLengths.ts';

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
  checkSizes('classCentres', { dimension, classes });
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

/** @throws OptionError where one is no whole number above 0 */
export function checkSizes(stage: string, sizes: Record<'dimension' | 'classes', number>): void {
  for (const [name, value] of Object.entries(sizes)) {
    if (!(Number.isInteger(value) && value > 0)) throw new OptionError(stage, name, 'a whole number above 0', value);
  }
}

/** [D, C] */
function draw(dimension: number, classes: number, seed: number): Float32Array {
  const values = new Float32Array(dimension * classes);
  for (let c = 0; c < classes; c++) {
    const centre = drawCentre(dimension, c, seed);
    for (let d = 0; d < dimension; d++) values[d * classes + c] = centre[d]!;
  }
  return values;
}

/** [D] the first centre of class c, which does not depend on how many others there are. */
export function drawCentre(dimension: number, c: number, seed: number): Float64Array {
  const random = keyedRandom(seed, CENTRES, 0, c);
  const centre = new Float64Array(dimension);
  let squares = 0;
  for (let d = 0; d < dimension; d++) {
    const x = 2 * random() - 1;
    centre[d] = x;
    squares += x * x;
  }
  // Loops: a million centres are drawn in a quarter of the time that Math.hypot and map take.
  const length = Math.sqrt(squares);
  for (let d = 0; d < dimension; d++) centre[d]! /= length;
  return centre;
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
  /** In the layout of the kernel. In rows it is less than the whole where there is an `along`. */
  byKernel(weight: number | Tensor2D): Tensor2D;
  /**
   * [C, 1], in rows: the whole gradient is byKernel - along x kernel. Whoever moves the rows passes over them once more anyway.
   */
  along?(weight: number | Tensor2D): Tensor2D;
}

/** Below it a length counts as this, so that a zero vector has the cosine 0 and not NaN. */
const LENGTH_EPSILON = 1e-12;

/** How centres lie in a matrix: [D, C], one column a class, or [C, D], one row. */
export type Layout = 'columns' | 'rows';

/**
 * Logits of embeddings against class centres, and the way back.
 *
 * In plain words: both sides are brought to length 1, so that only their angle counts. The normalised centres are not built:
 * lengths are divided out of the products.
 *
 * @param embedding [B, D] before normalisation
 * @param kernel [D, C], or [C, D] in rows
 * @param options.logits 'cosine', or 'product' for plain inner products
 * @param options.scale of the cosines
 * @param options.clamp cosines are clamped to +-(1 - clamp); no gradient passes where the clamp holds, and 0 clamps nothing
 * @param options.layout of the centres, and of their gradient; default 'columns'
 */
export function project(
  embedding: Tensor2D,
  kernel: Tensor2D,
  options: { logits: 'cosine' | 'product'; scale: number; clamp: number; layout?: Layout | undefined },
): Projection {
  const { scale, clamp } = options;
  const byRow = options.layout === 'rows';
  const norms: Tensor1D = sqrt(sum(square(embedding), 1));
  const lengths: Tensor2D = maximum(reshape(norms, [-1, 1]), LENGTH_EPSILON);
  const unit: Tensor2D = div(embedding, lengths);
  const throughNorms = (dNorms: Tensor1D): Tensor2D => mul(unit, reshape(dNorms, [-1, 1]));
  const withNorms = (d: Tensor2D, dNorms?: Tensor1D): Tensor2D => (dNorms ? add(d, throughNorms(dNorms)) : d);
  /** [B, D] to [B, C], and the way back to its two sides. */
  const products = (x: Tensor2D): Tensor2D => matMul(x, kernel, false, byRow);
  const toEmbedding = (d: Tensor2D): Tensor2D => matMul(d, kernel, false, !byRow);
  const toKernel = (x: Tensor2D, d: Tensor2D): Tensor2D => (byRow ? matMul(d, x, true) : matMul(x, d, true));

  if (options.logits === 'product') {
    return {
      logits: products(embedding),
      norms,
      throughNorms,
      backward: (dLogits) => ({
        byEmbedding: (weight, dNorms) => withNorms(mul(toEmbedding(dLogits), weight), dNorms),
        byKernel: (weight) => toKernel(mul(embedding, weight), dLogits),
      }),
    };
  }

  const sizes: Tensor2D = byRow
    ? reshape(rowLengths(kernel), [1, -1])
    : tidy(() => sqrt(sum(square(kernel), 0, true)) as Tensor2D);
  const shrink = reciprocal(maximum(sizes, LENGTH_EPSILON)); // [1, C]
  const scaled: Tensor2D = mul(unit, scale);
  const free: Tensor2D = mul(products(scaled), shrink);
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
      const radial = (weight: number | Tensor2D): Tensor2D => {
        const along: Tensor2D = mul(free, passed);
        const summed = typeof weight === 'number' ? sum(along, 0, true) : matMul(weight, along, true, false);
        const once: Tensor2D = mul(summed, square(shrink));
        return typeof weight === 'number' ? mul(once, weight) : once; // [1, C]
      };
      const across = (weight: number | Tensor2D): Tensor2D => toKernel(mul(scaled, weight), shrunk);
      return {
        byEmbedding(weight, dNorms) {
          const slope = typeof weight === 'number' ? scale * weight : mul(weight, scale);
          const dUnit: Tensor2D = mul(toEmbedding(shrunk), slope);
          const dEmbedding: Tensor2D = div(sub(dUnit, mul(unit, sum(mul(unit, dUnit), 1, true))), lengths);
          return withNorms(dEmbedding, dNorms);
        },
        ...(byRow
          ? { byKernel: across, along: (weight) => reshape(radial(weight), [-1, 1]) }
          : { byKernel: (weight) => tidy(() => sub(across(weight), mul(kernel, radial(weight)))) }),
      };
    },
  };
}
