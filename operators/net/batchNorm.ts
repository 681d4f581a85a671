import { ones, reshape, zeros, zerosLike, type Tensor } from '@tensorflow/tfjs-core';
import { ShapeError } from '../../pipeline/errors.ts';
import { batchNormInference, batchNormTrain } from './kernels/batchNorm.ts';
import { batchNormGrad } from './kernels/batchNormGrad.ts';
import type { Grads, Layer, Mode, Params, ParamSpec, Scope } from './layer.ts';
import { accumulate, sumOf } from './tangents.ts';

export interface BatchNormOptions {
  channels: number;
  /** Trainable scale and offset; the last normalisation of the AdaFace networks has none. Default true. */
  affine?: boolean;
}

/**
 * Batch normalisation over all but the last axis of [N, H, W, C] or [N, C], as PyTorch's BatchNorm2d and BatchNorm1d:
 * eps 1e-5; running statistics take 0.1 of the batch, its variance unbiased (face-training 2.1).
 */
export class BatchNorm implements Layer {
  readonly params: readonly ParamSpec[];
  readonly #channels: number;
  readonly #affine: boolean;
  readonly #scale: string;
  readonly #offset: string;
  readonly #mean: string;
  readonly #variance: string;

  constructor(name: string, { channels, affine = true }: BatchNormOptions) {
    this.#channels = channels;
    this.#affine = affine;
    this.#scale = `${name}.weight`;
    this.#offset = `${name}.bias`;
    this.#mean = `${name}.running_mean`;
    this.#variance = `${name}.running_var`;
    const vector = (name: string, role: ParamSpec['role'], value: number): ParamSpec => ({
      name,
      shape: [channels],
      layout: { kind: 'vector' },
      role,
      init: { kind: 'constant', value },
    });
    this.params = [
      ...(affine ? [vector(this.#scale, 'norm', 1), vector(this.#offset, 'norm', 0)] : []),
      vector(this.#mean, 'statistic', 0),
      vector(this.#variance, 'statistic', 1),
    ];
  }

  outShape(inShape: readonly number[]): number[] {
    if (inShape.at(-1) !== this.#channels) throw new ShapeError(this.#mean, `[..., ${this.#channels}]`, inShape);
    return [...inShape];
  }

  forward(p: Params, x: Tensor, mode: Mode, scope: Scope): Tensor {
    const map = asMap(x);
    const scale = this.#affine ? p[this.#scale]! : ones([this.#channels]);
    const offset = this.#affine ? p[this.#offset]! : zeros([this.#channels]);
    const [runningMean, runningVariance] = [p[this.#mean]!, p[this.#variance]!];
    const input = { x: map, scale, offset, runningMean, runningVariance };
    let y: Tensor;
    if (mode.train) {
      const out = batchNormTrain(input);
      y = out.y;
      scope.save(this, { x: map, batchMean: out.mean, batchVariance: out.variance });
      if (mode.updateStats) {
        scope.statistics[this.#mean]?.dispose();
        scope.statistics[this.#variance]?.dispose();
        scope.statistics[this.#mean] = out.runningMean;
        scope.statistics[this.#variance] = out.runningVariance;
      } else {
        out.runningMean.dispose();
        out.runningVariance.dispose();
      }
    } else {
      y = batchNormInference(input);
      scope.save(this, { x: map, runningMean: runningMean.clone(), runningVariance: runningVariance.clone() });
    }
    if (!this.#affine) {
      scale.dispose();
      offset.dispose();
    }
    return asShape(y, x.shape);
  }

  backward(p: Params, dy: Tensor, scope: Scope, into: Grads | null, keep: boolean): Tensor {
    const { dx, dScale, dOffset } = this.#gradient(p, asMap(dy), scope);
    if (into !== null && this.#affine) {
      accumulate(into, this.#scale, dScale);
      accumulate(into, this.#offset, dOffset);
    } else {
      dScale.dispose();
      dOffset.dispose();
    }
    if (!keep) scope.free(this);
    return asShape(dx, dy.shape);
  }

  jvp(p: Params, xdot: Tensor | null, pdot: Params, scope: Scope): Tensor {
    const kept = scope.read(this);
    let tangent: Tensor | null = null;
    let shape = kept['x']!.shape;
    if (xdot !== null) {
      // The Jacobian by x is symmetric, so the gradient's formula is the tangent's.
      shape = xdot.shape;
      const { dx, dScale, dOffset } = this.#gradient(p, asMap(xdot), scope);
      dScale.dispose();
      dOffset.dispose();
      tangent = dx;
    }
    const [scaleDot, offsetDot] = [pdot[this.#scale], pdot[this.#offset]];
    if (scaleDot !== undefined || offsetDot !== undefined) {
      const none = zeros([this.#channels]);
      const byParams = batchNormInference({
        x: kept['x']!,
        scale: scaleDot ?? none,
        offset: offsetDot ?? none,
        runningMean: kept['batchMean'] ?? kept['runningMean']!,
        runningVariance: kept['batchVariance'] ?? kept['runningVariance']!,
      });
      none.dispose();
      tangent = sumOf(byParams, tangent);
    }
    return asShape(tangent ?? zerosLike(kept['x']!), shape);
  }

  /** Consumes `dy`. */
  #gradient(p: Params, dy: Tensor, scope: Scope): { dx: Tensor; dScale: Tensor; dOffset: Tensor } {
    const kept = scope.read(this);
    const scale = this.#affine ? p[this.#scale]! : ones([this.#channels]);
    const gradient = batchNormGrad({
      dy,
      x: kept['x']!,
      scale,
      mean: kept['batchMean'] ?? kept['runningMean']!,
      variance: kept['batchVariance'] ?? kept['runningVariance']!,
      train: 'batchMean' in kept,
    });
    if (!this.#affine) scale.dispose();
    dy.dispose();
    return gradient;
  }
}

/** [N, C] as [N, 1, 1, C]; consumes `x` where it is not a map already. */
function asMap(x: Tensor): Tensor {
  return x.rank === 4 ? x : asShape(x, [x.shape[0]!, 1, 1, x.shape[1]!]);
}

/** Consumes `x`. */
function asShape(x: Tensor, shape: readonly number[]): Tensor {
  if (x.rank === shape.length) return x;
  const other = reshape(x, [...shape]);
  x.dispose();
  return other;
}
