import { dispose, fill, zerosLike, type Tensor } from '@tensorflow/tfjs-core';
import { ShapeError } from '../../pipeline/errors.ts';
import { batchNormInference, batchNormTrain } from './kernels/batchNorm.ts';
import { batchNormGrad } from './kernels/batchNormGrad.ts';
import { reshape } from './kernels/reshape.ts';
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
    const vector = (of: string, role: ParamSpec['role'], value: number): ParamSpec => ({
      name: of,
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
    const [scale, offset] = this.#affine ? [p[this.#scale]!, p[this.#offset]!] : [this.#constant(1), this.#constant(0)];
    const [runningMean, runningVariance] = [p[this.#mean]!, p[this.#variance]!];
    const input = { x: map, scale, offset, runningMean, runningVariance };
    let y: Tensor;
    if (mode.train) {
      const out = batchNormTrain(input);
      y = out.y;
      scope.save(this, { x, batchMean: out.mean, batchVariance: out.variance });
      if (mode.updateStats) {
        dispose([scope.statistics[this.#mean], scope.statistics[this.#variance]] as Tensor[]);
        scope.statistics[this.#mean] = out.runningMean;
        scope.statistics[this.#variance] = out.runningVariance;
      } else dispose([out.runningMean, out.runningVariance]);
    } else {
      y = batchNormInference(input);
      scope.save(this, { x, runningMean: runningMean.clone(), runningVariance: runningVariance.clone() });
    }
    if (!this.#affine) dispose([scale, offset]);
    map.dispose();
    return asShape(y, x.shape);
  }

  backward(p: Params, dy: Tensor, scope: Scope, into: Grads | null, keep: boolean): Tensor {
    const { dx, dScale, dOffset } = this.#gradient(p, dy, scope);
    if (into !== null && this.#affine) {
      accumulate(into, this.#scale, dScale);
      accumulate(into, this.#offset, dOffset);
    } else dispose([dScale, dOffset]);
    if (!keep) scope.free(this);
    return dx;
  }

  jvp(p: Params, xdot: Tensor | null, pdot: Params, scope: Scope): Tensor {
    let tangent: Tensor | null = null;
    if (xdot !== null) {
      // The Jacobian by x is symmetric, so the gradient's formula is the tangent's.
      const { dx, dScale, dOffset } = this.#gradient(p, xdot, scope);
      dispose([dScale, dOffset]);
      tangent = dx;
    }
    const [scaleDot, offsetDot] = [pdot[this.#scale], pdot[this.#offset]];
    const { x, mean, variance } = this.#kept(scope);
    if (scaleDot === undefined && offsetDot === undefined) return tangent ?? zerosLike(x);
    const [none, map] = [this.#constant(0), asMap(x)];
    const [scale, offset] = [scaleDot ?? none, offsetDot ?? none];
    const byParams = batchNormInference({ x: map, scale, offset, runningMean: mean, runningVariance: variance });
    dispose([none, map]);
    return sumOf(asShape(byParams, x.shape), tangent);
  }

  /** Consumes `dy`. */
  #gradient(p: Params, dy: Tensor, scope: Scope): { dx: Tensor; dScale: Tensor; dOffset: Tensor } {
    const kept = this.#kept(scope);
    const [x, map] = [asMap(kept.x), asMap(dy)];
    const scale = this.#affine ? p[this.#scale]! : this.#constant(1);
    const gradient = batchNormGrad({ ...kept, x, dy: map, scale });
    if (!this.#affine) scale.dispose();
    dispose([x, map, dy]);
    return { ...gradient, dx: asShape(gradient.dx, dy.shape) };
  }

  /** x and the statistics it was normalised with: the batch's own where `train`. */
  #kept(scope: Scope): { x: Tensor; mean: Tensor; variance: Tensor; train: boolean } {
    const { x, batchMean, batchVariance, runningMean, runningVariance } = scope.read(this);
    return {
      x: x!,
      mean: batchMean ?? runningMean!,
      variance: batchVariance ?? runningVariance!,
      train: batchMean !== undefined,
    };
  }

  #constant(value: number): Tensor {
    return fill([this.#channels], value);
  }
}

/** [N, C] as [N, 1, 1, C], a map as it is: another handle on the same values. */
function asMap(x: Tensor): Tensor {
  return x.rank === 4 ? x.clone() : reshape(x, [x.shape[0]!, 1, 1, x.shape[1]!]);
}

/** Consumes `x`. */
function asShape(x: Tensor, shape: readonly number[]): Tensor {
  if (x.rank === shape.length) return x;
  const other = reshape(x, shape);
  x.dispose();
  return other;
}
