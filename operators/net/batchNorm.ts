import { dispose, fill, tidy, zerosLike, type Tensor } from '@tensorflow/tfjs-core';
import { ShapeError } from '../../pipeline/errors.ts';
import { batchNormInference, batchNormTrain } from './kernels/batchNorm.ts';
import { batchNormGrad } from './kernels/batchNormGrad.ts';
import { batchNormTangent } from './kernels/batchNormTangent.ts';
import { castLike } from './kernels/cast.ts';
import { reshape } from './kernels/reshape.ts';
import type { Grads, Layer, Mode, Params, ParamSpec, Scope } from './layer.ts';
import { preluSlope } from './prelu.ts';
import { accumulate } from './tangents.ts';

export interface BatchNormOptions {
  channels: number;
  /** Trainable scale and offset; the last normalisation of the AdaFace networks has none. Default true. */
  affine?: boolean;
  /** Name of a PReLU that follows: in one pass over memory the two cost half. */
  prelu?: string;
}

/**
 * Batch normalisation over all but the last axis of [N, H, W, C] or [N, C], as PyTorch's BatchNorm2d and BatchNorm1d:
 * eps 1e-5; running statistics take 0.1 of the batch, its variance unbiased (face-training 2.1). A PReLU may follow in the same pass.
 */
export class BatchNorm implements Layer {
  readonly params: readonly ParamSpec[];
  readonly #channels: number;
  readonly #affine: boolean;
  readonly #scale: string;
  readonly #offset: string;
  readonly #mean: string;
  readonly #variance: string;
  readonly #slope: string | undefined;

  constructor(name: string, { channels, affine = true, prelu }: BatchNormOptions) {
    this.#channels = channels;
    this.#affine = affine;
    this.#scale = `${name}.weight`;
    this.#offset = `${name}.bias`;
    this.#mean = `${name}.running_mean`;
    this.#variance = `${name}.running_var`;
    const rectifier = prelu === undefined ? [] : [preluSlope(prelu, channels)];
    this.#slope = rectifier[0]?.name;
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
      ...rectifier,
    ];
  }

  outShape(inShape: readonly number[]): number[] {
    if (inShape.at(-1) !== this.#channels) throw new ShapeError(this.#mean, `[..., ${this.#channels}]`, inShape);
    return [...inShape];
  }

  forward(p: Params, x: Tensor, mode: Mode, scope: Scope): Tensor {
    return this.#forward(p, x, mode, scope);
  }

  forwardOnto(p: Params, x: Tensor, mode: Mode, scope: Scope, addend: Tensor): Tensor {
    const y = this.#forward(p, x, mode, scope, addend);
    addend.dispose();
    return y;
  }

  backward(p: Params, dy: Tensor, scope: Scope, into: Grads | null, keep: boolean): Tensor {
    return this.#backward(p, dy, scope, into, keep);
  }

  backwardOnto(p: Params, dy: Tensor, scope: Scope, into: Grads | null, keep: boolean, addend: Tensor): Tensor {
    const dx = this.#backward(p, dy, scope, into, keep, addend);
    addend.dispose();
    return dx;
  }

  jvp(p: Params, xdot: Tensor | null, pdot: Params, scope: Scope): Tensor {
    return this.#jvp(p, xdot, pdot, scope);
  }

  jvpOnto(p: Params, xdot: Tensor | null, pdot: Params, scope: Scope, addend: Tensor): Tensor {
    const tangent = this.#jvp(p, xdot, pdot, scope, addend);
    addend.dispose();
    return tangent;
  }

  #forward(p: Params, x: Tensor, mode: Mode, scope: Scope, addend?: Tensor): Tensor {
    const map = asMap(x);
    const added = addend && asMap(addend);
    const [runningMean, runningVariance] = [p[this.#mean]!, p[this.#variance]!];
    const y = this.#with(p, (following) => {
      const input = { x: map, ...following, runningMean, runningVariance, ...(added && { addend: added }) };
      if (!mode.train) {
        scope.save(this, { x, runningMean: runningMean.clone(), runningVariance: runningVariance.clone() });
        return batchNormInference(input);
      }
      const out = batchNormTrain(input);
      scope.save(this, { x, batchMean: out.mean, batchVariance: out.variance });
      if (mode.updateStats) {
        dispose([scope.statistics[this.#mean], scope.statistics[this.#variance]] as Tensor[]);
        scope.statistics[this.#mean] = out.runningMean;
        scope.statistics[this.#variance] = out.runningVariance;
      } else dispose([out.runningMean, out.runningVariance]);
      return out.y;
    });
    dispose([map, ...(added ? [added] : [])]);
    return asShape(y, x.shape);
  }

  #backward(p: Params, dy: Tensor, scope: Scope, into: Grads | null, keep: boolean, addend?: Tensor): Tensor {
    const { x, ...kept } = this.#kept(scope);
    const maps = { x: asMap(x), dy: asMap(dy), ...(addend && { addend: asMap(addend) }) };
    const { dx, dScale, dOffset, dSlope } = this.#with(p, (following) =>
      batchNormGrad({ ...kept, ...maps, ...following }),
    );
    dispose(maps);
    dy.dispose();
    if (into !== null && this.#affine) {
      accumulate(into, this.#scale, dScale);
      accumulate(into, this.#offset, dOffset);
    } else dispose([dScale, dOffset]);
    if (into !== null && dSlope) accumulate(into, this.#slope!, dSlope);
    else dSlope?.dispose();
    if (!keep) scope.free(this);
    return asShape(dx, x.shape);
  }

  #jvp(p: Params, given: Tensor | null, pdot: Params, scope: Scope, addend?: Tensor): Tensor {
    const { x, ...kept } = this.#kept(scope);
    const xdot = given ?? tidy(() => castLike(zerosLike(x), x));
    const maps = { x: asMap(x), xdot: asMap(xdot), ...(addend && { addend: asMap(addend) }) };
    const [scale, offset] = [pdot[this.#scale], pdot[this.#offset]];
    const slope = this.#slope === undefined ? undefined : pdot[this.#slope];
    const along = { ...(scale && { scale }), ...(offset && { offset }), ...(slope && { slope }) };
    const tangent = this.#with(p, (following) => batchNormTangent({ ...kept, ...maps, ...following, along }));
    dispose([...Object.values(maps), xdot]);
    return asShape(tangent, x.shape);
  }

  /** What `use` gives of the parameters, or of what stands for them. */
  #with<T>(p: Params, use: (of: { scale: Tensor; offset: Tensor; slope?: Tensor }) => T): T {
    const slope = this.#slope === undefined ? {} : { slope: p[this.#slope]! };
    if (this.#affine) return use({ scale: p[this.#scale]!, offset: p[this.#offset]!, ...slope });
    const [scale, offset] = [this.#constant(1), this.#constant(0)];
    const result = use({ scale, offset, ...slope });
    dispose([scale, offset]);
    return result;
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
