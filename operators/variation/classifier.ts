import {
  add,
  gather,
  keep,
  matMul,
  mul,
  reshape,
  scalar,
  scatterND,
  sub,
  sum,
  tensor1d,
  tensor2d,
  tidy,
  type Scalar,
  type Tensor1D,
  type Tensor2D,
} from '@tensorflow/tfjs-core';
import type { StateArray, StateMap } from '../../pipeline/contracts.ts';
import { OptionError, ShapeError } from '../../pipeline/errors.ts';
import type { Factor } from '../../pipeline/items.ts';
import { keyedRandom } from '../maths/keyedRandom.ts';
import { softmaxCrossEntropy } from '../net/kernels/softmaxCrossEntropy.ts';
import { VARIATION_CLASSES } from './classes.ts';
import { unitRows, type UnitRows } from './unitRows.ts';

export interface VariationClassifierOptions {
  factor: Factor;
  /** Numbers in an embedding, d. */
  dimension: number;
  /** Draws the first weights. */
  seed: number;
  /** Of the logits of unit embeddings, above 0. Default 16; 1 for 'raw'. */
  scale?: number;
  /** 'unit': embeddings are brought to length 1 first. 'raw': they are taken as they are. Default 'unit'. */
  features?: 'unit' | 'raw';
  /**
   * How rare classes come to weigh as much as frequent ones. 'reweight': each label weighs one over its class's share of all
   * labels met so far. 'none': all weigh the same, for batches that are drawn balanced. Default 'reweight'.
   */
  balance?: 'reweight' | 'none';
  /** Updates after which it counts as trained, at least 1. Default 500. */
  warmup?: number;
}

/** A loss over the labelled rows of a batch. The tensors are the caller's. */
export interface VariationLoss {
  /** Mean cross entropy of the labelled rows; 0 where there are none. */
  loss: Scalar;
  /** [N, d] gradient of `loss` by the embeddings as they were given; 0 in rows without a label. */
  dEmbedding: Tensor2D;
  /** Rows with a label. */
  labelled: number;
}

/** One variation's classifier, v_k: a linear layer on embeddings. */
export interface VariationClassifier {
  readonly factor: Factor;
  readonly classes: number;
  readonly dimension: number;
  readonly scale: number;
  readonly features: 'unit' | 'raw';
  /** `weight` [C, d] and `bias` [C]; the classifier's own, replaced by each update. */
  readonly params: { weight: Tensor2D; bias: Tensor1D };
  /** Updates so far; rows without any label make none. */
  readonly updates: number;
  /** Whether it has had its warm-up. Nothing should learn from what an untrained classifier says. */
  readonly trained: boolean;
  /** How often each class has been met among the labels that it learned from. */
  readonly seen: Float64Array;
  /** [N, C] for embeddings [N, d]. */
  logits(embeddings: Tensor2D): Tensor2D;
  /** Mean cross entropy over the labelled rows (label -1: none) with its gradient: what the meta step follows. No weights. */
  loss(embeddings: Tensor2D, labels: Int32Array): VariationLoss;
  /** One step of plain SGD on these embeddings, which are constants here. The loss, balanced as told, is the caller's; undefined where no row has a label. */
  update(embeddings: Tensor2D, labels: Int32Array, learningRate?: number): Scalar | undefined;
  state: { save(): StateMap; load(state: StateMap): void };
  dispose(): void;
}

/**
 * A linear classifier of one variation, on embeddings (MvCoM, Eq 8): logits = scale f W^T + b, f the unit embedding.
 *
 * In plain words: says from the embedding alone how the face is turned, how blurred it is and so on; it learns beside the
 * network and never moves it.
 *
 * ```ts
 * const pose = variationClassifier({ factor: 'pose', dimension: 8, seed: 7, warmup: 1 });
 * const faces = tensor2d(new Float32Array(16).fill(1), [2, 8]);
 * pose.update(faces, Int32Array.of(3, -1))?.dispose(); // the second face has no label
 * const { loss, dEmbedding } = pose.loss(faces, Int32Array.of(4, 2));
 * ```
 *
 * The balanced loss is a weighted mean, sum w CE / sum w with w one over the class's share, as PyTorch's cross entropy takes
 * weights: what a training set re-sampled by class would give, in one batch, and no rare label moves more than a whole batch.
 *
 * @throws OptionError where an option is outside its bounds
 */
export function variationClassifier(options: VariationClassifierOptions): VariationClassifier {
  const { factor, dimension, seed, features = 'unit', balance = 'reweight', warmup = 500 } = options;
  const { scale = features === 'unit' ? 16 : 1 } = options;
  check(options, scale, warmup);
  const classes = VARIATION_CLASSES[factor];
  const draw = keyedRandom(seed, `variation.${factor}`, 0, 0);
  const first = Float32Array.from({ length: classes * dimension }, () => (2 * draw() - 1) / Math.sqrt(dimension));
  const params = {
    weight: keep(tensor2d(first, [classes, dimension])),
    bias: keep(tensor1d(new Float32Array(classes))),
  };
  const seen = new Float64Array(classes);
  let updates = 0;
  const unit = (embeddings: Tensor2D): UnitRows =>
    features === 'unit' ? unitRows(embeddings) : { rows: embeddings, gradient: (d) => d };
  const logitsOf = (rows: Tensor2D): Tensor2D =>
    add(mul(matMul(rows, params.weight, false, true), scale), params.bias) as Tensor2D;

  /** Weighted mean over the labelled rows, with the gradients that are asked for. */
  const descent = (embeddings: Tensor2D, labels: Int32Array, weights: Float32Array | undefined) => {
    const count = embeddings.shape[0];
    const at = labelledRows(factor, classes, labels, count);
    const share = weights ?? new Float32Array(at.length).fill(1 / at.length);
    const chosen: Tensor2D = at.length === count ? embeddings : gather(embeddings, tensor1d(at, 'int32'));
    const { rows, gradient } = unit(chosen);
    const own = tensor1d(at.map((row) => labels[row]!), 'int32'); // prettier-ignore
    const { loss, dLogits } = softmaxCrossEntropy(logitsOf(rows), own);
    const shares = tensor1d(share);
    const d: Tensor2D = mul(dLogits, reshape(shares, [-1, 1]));
    return {
      loss: sum(mul(loss, shares)) as Scalar,
      dEmbedding(): Tensor2D {
        const dChosen = gradient(mul(matMul(d, params.weight), scale));
        if (at.length === count) return dChosen;
        return scatterND(tensor2d(at, [at.length, 1], 'int32'), dChosen, [count, dimension]) as Tensor2D;
      },
      dWeight: (): Tensor2D => mul(matMul(d, rows, true, false), scale),
      dBias: (): Tensor1D => sum(d, 0),
    };
  };

  return {
    factor,
    classes,
    dimension,
    scale,
    features,
    params,
    get updates() {
      return updates;
    },
    get trained() {
      return updates >= warmup;
    },
    seen,
    logits: (embeddings) => tidy(() => logitsOf(unit(embeddings).rows)),
    loss(embeddings, labels) {
      const labelled = labelledRows(factor, classes, labels, embeddings.shape[0]).length;
      const found = tidy(() => {
        if (labelled === 0) return { loss: scalar(0), dEmbedding: mul(embeddings, 0) as Tensor2D };
        const all = descent(embeddings, labels, undefined);
        return { loss: all.loss, dEmbedding: all.dEmbedding() };
      });
      return { ...found, labelled };
    },
    update(embeddings, labels, learningRate = 0.1) {
      const at = labelledRows(factor, classes, labels, embeddings.shape[0]);
      if (at.length === 0) return undefined;
      for (const row of at) seen[labels[row]!]!++;
      const rarity = Float32Array.from(at, (row) => (balance === 'reweight' ? 1 / seen[labels[row]!]! : 1));
      const total = rarity.reduce((a, b) => a + b, 0);
      updates++;
      return tidy(() => {
        const all = descent(embeddings, labels, rarity.map((weight) => weight / total)); // prettier-ignore
        const weight: Tensor2D = sub(params.weight, mul(all.dWeight(), learningRate));
        const bias: Tensor1D = sub(params.bias, mul(all.dBias(), learningRate));
        params.weight.dispose();
        params.bias.dispose();
        params.weight = keep(weight);
        params.bias = keep(bias);
        return all.loss;
      });
    },
    state: {
      save: () => ({
        [`${factor}.weight`]: { shape: [classes, dimension], data: Float32Array.from(params.weight.dataSync()) },
        [`${factor}.bias`]: { shape: [classes], data: Float32Array.from(params.bias.dataSync()) },
        [`${factor}.seen`]: { shape: [classes], data: seen.slice() },
        [`${factor}.updates`]: { shape: [1], data: Int32Array.of(updates) },
      }),
      load(state) {
        const weight = arrayOf(state, `${factor}.weight`, [classes, dimension]);
        const bias = arrayOf(state, `${factor}.bias`, [classes]);
        seen.set(arrayOf(state, `${factor}.seen`, [classes]).data);
        updates = arrayOf(state, `${factor}.updates`, [1]).data[0]!;
        params.weight.dispose();
        params.bias.dispose();
        params.weight = keep(tensor2d(Float32Array.from(weight.data), [classes, dimension]));
        params.bias = keep(tensor1d(Float32Array.from(bias.data)));
      },
    },
    dispose() {
      params.weight.dispose();
      params.bias.dispose();
    },
  };
}

/** Rows with a label. @throws OptionError for one that is no class; ShapeError where rows and labels are not as many */
function labelledRows(factor: Factor, classes: number, labels: Int32Array, rows: number): Int32Array {
  if (labels.length !== rows) throw new ShapeError(`variation classifier '${factor}'`, `[${rows}] labels`, [labels.length]); // prettier-ignore
  const wrong = labels.find((label) => label < -1 || label >= classes);
  if (wrong !== undefined)
    throw new OptionError(`variation classifier '${factor}'`, 'label', `-1 to ${classes - 1}`, wrong);
  return Int32Array.from([...labels.keys()].filter((row) => labels[row]! >= 0));
}

function check({ dimension }: VariationClassifierOptions, scale: number, warmup: number): void {
  const demand = (holds: boolean, option: string, expected: string, value: number): void => {
    if (!holds) throw new OptionError('variationClassifier', option, expected, value);
  };
  demand(Number.isInteger(dimension) && dimension > 0, 'dimension', 'a whole number above 0', dimension);
  demand(scale > 0 && scale < Infinity, 'scale', 'above 0', scale);
  demand(Number.isInteger(warmup) && warmup > 0, 'warmup', 'a whole number of at least 1', warmup);
}

function arrayOf(state: StateMap, name: string, shape: readonly number[]): StateArray {
  const array = state[name];
  if (array === undefined || array.shape.join() !== shape.join())
    throw new ShapeError(name, `[${shape.join(', ')}]`, array?.shape ?? []);
  return array;
}
