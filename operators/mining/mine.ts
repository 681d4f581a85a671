import { tensor2d, tidy, type Tensor2D } from '@tensorflow/tfjs-core';
import { OptionError, RxfaceError } from '../../pipeline/errors.ts';
import type { Factor } from '../../pipeline/items.ts';
import { allLogits } from '../variation/allLogits.ts';
import type { VariationClassifier } from '../variation/classifier.ts';
import { choose, type Chosen, type MiningMode } from './choose.ts';
import type { MetaPool } from './metaPool.ts';

export interface MineOptions {
  pool: MetaPool;
  /** Of the variations that are to be balanced. */
  classifiers: readonly VariationClassifier[];
  /** [B, d] un-normalised embeddings of the batch that is to be complemented. */
  embeddings: Tensor2D;
  /** Faces a variation, M. Default: one for 16 of the batch, at least one. */
  count?: number;
  /** Default 'argmaxDedup'. */
  mode?: MiningMode;
  /** Most faces of one class of a variation, for 'argmaxDedup'; see `choose`. */
  cap?: number;
  /** 'own': a face has the label of the variation it was chosen for. 'all': every label it has. Default 'own'. */
  metaLabels?: 'own' | 'all';
  seed: number;
  iteration: number;
}

/** Faces that complement a batch: in one block, variation after variation. */
export interface MetaBatch {
  /** [M, H, W, 3] RGB, M over all variations together. */
  pixels: Uint8Array;
  size: readonly [number, number];
  /** [M] where they stand in the pool: for `pool.refresh` with their new embeddings. A face may be there for two variations. */
  slots: Int32Array;
  /** By variation [M] labels, -1 where a face has none for it: what a classifier's `loss` takes. */
  labels: Partial<Record<Factor, Int32Array>>;
  /** By variation the faces with a label. */
  counts: Partial<Record<Factor, number>>;
  /** By variation the share of different answers among those of the batch's faces; see `Chosen`. */
  distinct: Partial<Record<Factor, number>>;
}

/**
 * Mines a meta batch: for each variation the faces of the pool that are least like those of the batch (MvCoM, Eq 9).
 *
 * In plain words: a batch full of frontal, sharp faces is answered with profiles and blurred ones.
 *
 * ```ts
 * const pool = metaPool({ faces: 2, draws: 1, size: [32, 32], dimension: 8, seed: 7 });
 * pool.put(labelledFaces, new Float32Array(16).fill(1));
 * const pose = variationClassifier({ factor: 'pose', dimension: 8, seed: 7, warmup: 1 });
 * const z = model.embed(model.normalise(pixels, 2, [32, 32]));
 * pose.update(z, Int32Array.of(3, 4))?.dispose();
 * const meta = mine({ pool, classifiers: [pose], embeddings: z, seed: 7, iteration: 0 });
 * meta.counts; // { pose: 1 }
 * ```
 *
 * The pool's logits are made anew from its cached embeddings: classifiers change at every step, the network less. One
 * readback a variation, of places in the pool. No tensor is left.
 *
 * @throws RxfaceError for a classifier that has not had its warm-up, an empty pool, pixels that have not been restored;
 * OptionError for a count below 1
 */
export function mine(options: MineOptions): MetaBatch {
  const { pool, classifiers, embeddings, mode = 'argmaxDedup', cap, metaLabels = 'own', seed, iteration } = options;
  const { count = Math.max(1, Math.floor(embeddings.shape[0] / 16)) } = options;
  if (!(Number.isInteger(count) && count >= 1))
    throw new OptionError('mine', 'count', 'a whole number of at least 1', count);
  const untrained = classifiers.find(({ trained }) => !trained);
  if (untrained !== undefined)
    throw new RxfaceError(
      `variation '${untrained.factor}': its classifier has had ${untrained.updates} updates and is not trained yet: ` +
        'warm it up first',
    );
  const { filled, dimension } = pool;
  if (filled === 0) throw new RxfaceError('mine: the pool is empty: fill it first');
  let chosen: ({ factor: Factor } & Chosen)[] = [];
  tidy(() => {
    const known = tensor2d(pool.embeddings.subarray(0, filled * dimension), [filled, dimension]);
    const logits = allLogits(classifiers, known, tensor2d(pool.lengths.subarray(0, filled), [filled, 1]));
    chosen = classifiers.map((classifier, k) => ({
      factor: classifier.factor,
      ...choose(classifier.logits(embeddings), logits[k]!, pool.variation[classifier.factor].subarray(0, filled), {
        mode,
        count,
        cap,
        key: { seed, name: classifier.factor, iteration },
      }),
    }));
  });
  const slots = Int32Array.from(chosen.flatMap(({ slots: own }) => Array.from(own)));
  const owners = chosen.flatMap(({ factor, slots: own }) => Array.from(own, () => factor));
  const labelsOf = (factor: Factor): Int32Array =>
    slots.map((slot, row) => (metaLabels === 'all' || owners[row] === factor ? pool.variation[factor][slot]! : -1));
  const byFactor = <T>(of: (one: { factor: Factor } & Chosen) => T): Partial<Record<Factor, T>> =>
    Object.fromEntries(chosen.map((one) => [one.factor, of(one)]));
  const labels = byFactor(({ factor }) => labelsOf(factor));
  return {
    pixels: pool.pixels(slots),
    size: pool.size,
    slots,
    labels,
    counts: byFactor(({ factor }) => labels[factor]!.filter((label) => label >= 0).length),
    distinct: byFactor(({ distinct }) => distinct),
  };
}
