import {
  dispose,
  keep as keepInTidy,
  tensor,
  tidy,
  type Tensor,
  type Tensor2D,
  type Tensor4D,
} from '@tensorflow/tfjs-core';
import type { StateMap } from '../../pipeline/contracts.ts';
import { ShapeError } from '../../pipeline/errors.ts';
import { requireBfloat16 } from '../../pipeline/engine/bfloat16.ts';
import { initialise } from './initialise.ts';
import { iresnet, type Architecture } from './iresnet.ts';
import { cast, type Precision } from './kernels/cast.ts';
import type { Grads, Layer, Mode, Params, Scope } from './layer.ts';
import { normalise } from './normalise.ts';
import { createScope } from './scope.ts';
import { loadWeights, saveWeights } from './weights.ts';

export { architecture, type Architecture, type ArchitectureName } from './iresnet.ts';

/**
 * A backbone with its weights.
 *
 * ```ts
 * const model = createModel(architecture('ir18', { size: [32, 32] }), { seed: 7 });
 * const scope = createScope({ keeps: true });
 * const x = model.normalise(pixels, 2, [32, 32]);
 * const z = model.forward(x, { train: true, updateStats: true, step: 1, seed: 7 }, scope);
 * const grads: Grads = {};
 * model.backward(onesLike(z), scope, grads, false); // consumes the gradient, as layers do
 * // scope.statistics now holds the new running statistics: take them out, put them into model.params.
 * scope.dispose();
 * ```
 */
export class Model {
  readonly architecture: Architecture;
  readonly backbone: Layer;
  /** Of maps and convolutions; parameters, statistics and the embedding are always float32. */
  readonly precision: Precision;
  /**
   * Trainable parameters and running statistics by AdaFace's names, in our layouts. The model owns them; a step that
   * replaces an entry disposes the old tensor. Entries survive a tidy only where they are kept (tf.keep).
   */
  params: Record<string, Tensor>;

  /** @param backbone where it is another network than the architecture describes */
  constructor(
    architecture: Architecture,
    precision: Precision,
    params: Record<string, Tensor>,
    backbone: Layer = iresnet(architecture, precision),
  ) {
    this.architecture = architecture;
    this.backbone = backbone;
    this.precision = precision;
    this.params = params;
  }

  /** Names of what an optimiser trains, in the order of AdaFace's state dict. */
  get trainable(): string[] {
    return this.backbone.params.filter(({ role }) => role !== 'statistic').map(({ name }) => name);
  }

  /** Bytes [n, H, W, 3] RGB as the network's input. */
  normalise(pixels: Uint8Array, n: number, size: readonly [number, number]): Tensor4D {
    const [h, w] = this.architecture.size;
    if (size[0] !== h || size[1] !== w) throw new ShapeError('normalise', `[${n}, ${h}, ${w}, 3]`, [n, ...size, 3]);
    return normalise(pixels, n, size, this.architecture.input);
  }

  /** x [N, H, W, 3], consumed, to the un-normalised z [N, D]; `params` where other than the model's own are meant. */
  forward(x: Tensor, mode: Mode, scope: Scope, params: Params = this.params): Tensor2D {
    const typed = cast(x, this.precision);
    x.dispose();
    return this.backbone.forward(params, typed, mode, scope) as Tensor2D;
  }

  /** Adds parameter gradients to `into` for dz [N, D], which is consumed. The gradient by the pixels is not computed. */
  backward(dz: Tensor, scope: Scope, into: Grads, keep: boolean, params: Params = this.params): void {
    if (this.backbone.backwardParams) this.backbone.backwardParams(params, dz, scope, into, keep);
    else this.backbone.backward(params, dz, scope, into, keep).dispose();
  }

  /** Inference: x [N, H, W, 3], which is consumed, to z [N, D]. */
  embed(x: Tensor4D): Tensor2D {
    const scope = createScope({ keeps: false });
    return this.forward(x, { train: false, updateStats: false, step: 0, seed: 0 }, scope);
  }

  /** AdaFace's state dict in PyTorch's layouts. Reads tensors back: for checkpoints only. */
  save(): StateMap {
    return saveWeights(this.backbone.params, this.params);
  }

  /** @throws WeightsError where the arrays do not fit; then nothing has changed */
  load(state: StateMap): void {
    const params = tidy(() => keepAll(loadWeights(this.backbone.params, state)));
    dispose(this.params);
    this.params = params;
  }

  dispose(): void {
    dispose(this.params);
    this.params = {};
  }
}

/**
 * A model with first weights drawn by `seed`.
 *
 * @param options.recompute training keeps the input of each block alone and computes the rest again on the way back: larger batches fit,
 * a step takes about a third longer, its gradients are the same
 * @throws EngineError where `precision` is bfloat16 and the engine or the processor has no fast path for it
 */
export function createModel(
  architecture: Architecture,
  { seed, precision = 'float32', recompute = false }: { seed: number; precision?: Precision; recompute?: boolean },
): Model {
  return drawn(emptyModel(architecture, { precision, recompute }), seed);
}

/**
 * A model of any network of one's own from pixels [N, H, W, 3] to embeddings [N, D], its first weights drawn by `seed`.
 *
 * @param options.name what its checkpoints call it; they hold its weights, not its code
 * @param options.input as an architecture's. Default: BGR in [-1, 1]
 */
export function modelAround(
  backbone: Layer,
  options: { name: string; size: [number, number]; seed: number; input?: Architecture['input'] },
): Model {
  const { name, size, seed, input = { channels: 'bgr', mean: 0.5, std: 0.5 } } = options;
  const [embedding, ...rest] = backbone.outShape([...size, 3]);
  if (embedding === undefined || rest.length > 0) {
    throw new ShapeError(name, '[embedding]', backbone.outShape([...size, 3]));
  }
  const shape = { units: [], widths: [], squeezeExcite: false, embedding, size, dropout: 0 };
  return drawn(new Model({ name, ...shape, input }, 'float32', {}, backbone), seed);
}

/** The model, its weights drawn and kept. */
function drawn(model: Model, seed: number): Model {
  for (const spec of model.backbone.params) {
    model.params[spec.name] = tensor(initialise(spec, seed), spec.shape, 'float32');
  }
  keepAll(model.params);
  return model;
}

/**
 * A model without weights, to be loaded: drawing them takes longer than reading them.
 *
 * @throws EngineError where `precision` is bfloat16 and the engine or the processor has no fast path for it
 */
export function emptyModel(
  architecture: Architecture,
  { precision, recompute = false }: { precision: Precision; recompute?: boolean },
): Model {
  if (precision === 'bfloat16') requireBfloat16();
  return new Model(architecture, precision, {}, iresnet(architecture, precision, { recompute }));
}

function keepAll(params: Record<string, Tensor>): Record<string, Tensor> {
  for (const value of Object.values(params)) keepInTidy(value);
  return params;
}
