import { concat, defer, ignoreElements, map, type Observable } from 'rxjs';
import type { Stage } from '../../pipeline/contracts.ts';
import { RxfaceError } from '../../pipeline/errors.ts';
import type { EmbeddingRows } from '../../pipeline/items.ts';
import { norm } from '../maths/norm.ts';
import type { FusionPlan } from './fusionPlan.ts';

export interface FuseOptions {
  /** Whether an image counts by the length of its embedding ('keep'), or all images alike ('drop'). Default 'keep'. */
  featureNorm?: 'keep' | 'drop';
  /** [images] factor of each image: how sure the detector was of it. Default: none. */
  detectorScores?: Float64Array;
}

/** Templates that have just become complete. */
export interface Templates {
  /** Numbers of these templates in the plan. */
  numbers: Int32Array;
  /** [numbers, D] unit length; zero where the images cancel out. */
  values: Float64Array;
  dimension: number;
  /** Media and templates that still miss images. */
  open: { media: number; templates: number };
  /** Most media that were open at one time. */
  peakOpenMedia: number;
}

/**
 * Fuses embeddings of images into those of templates, each given out when its last image has come.
 *
 * In plain words: the images of one video are averaged, what came of each photograph and video is added up, and the sum is
 * brought to unit length. Only what still misses images is held.
 *
 *     [a1 a2] ---- [b1 a3] --- |
 *     fuseTemplates(plan: a = a1 a2 a3, b = b1)
 *     [none] ----- [b, a] ---- |
 *
 * ```ts
 * from([embeddings]).pipe(fuseTemplates(fusionPlan(Int32Array.of(1, 1), Int32Array.of(1, 2))));
 * ```
 *
 * Source: the IJB evaluation of insightface and AdaFace: media mean, template sum without normalising media.
 *
 * @return one item for each. Errors with RxfaceError for a row outside the plan, a row that comes twice, a number that is
 * not finite, or, on completion, rows that never came
 */
export function fuseTemplates(plan: FusionPlan, options: FuseOptions = {}): Stage<EmbeddingRows, Templates> {
  const stage = (source: Observable<EmbeddingRows>): Observable<Templates> =>
    defer(() => {
      const fusion = new Fusion(plan, options);
      return concat(
        source.pipe(map((rows) => fusion.take(rows))),
        defer(() => fusion.demandAll()).pipe(ignoreElements()),
      );
    });
  return Object.assign(stage, {
    label: { in: 'EmbeddingRows', out: 'Templates', keeps: 'count', asks: 1, gives: 1, holds: 0 },
  });
}

class Fusion {
  readonly #plan: FusionPlan;
  readonly #options: FuseOptions;
  readonly #seen: Uint8Array;
  readonly #imagesLeft: Int32Array;
  readonly #mediaLeft: Int32Array;
  readonly #openMedia = new Map<number, Float64Array>();
  readonly #openTemplates = new Map<number, Float64Array>();
  /** Memory of what is no longer open. */
  readonly #free: Float64Array[] = [];
  #left: number;
  #scratch = new Float64Array(0);
  #peak = 0;

  constructor(plan: FusionPlan, options: FuseOptions) {
    this.#plan = plan;
    this.#options = options;
    this.#left = plan.mediumOf.length;
    this.#seen = new Uint8Array(this.#left);
    this.#imagesLeft = plan.images.slice();
    this.#mediaLeft = plan.media.slice();
  }

  take({ values, dimension, keys }: EmbeddingRows): Templates {
    const closed: number[] = [];
    const fused: Float64Array[] = [];
    keys.forEach(({ index }, i) => {
      const template = this.#add(index, values.subarray(i * dimension, (i + 1) * dimension));
      if (template < 0) return;
      closed.push(template);
      fused.push(unit(this.#openTemplates.get(template)!));
      this.#openTemplates.delete(template);
    });
    const together = new Float64Array(fused.length * dimension);
    fused.forEach((values, i) => together.set(values, i * dimension));
    this.#free.push(...fused);
    return {
      numbers: Int32Array.from(closed),
      values: together,
      dimension,
      open: { media: this.#openMedia.size, templates: this.#openTemplates.size },
      peakOpenMedia: this.#peak,
    };
  }

  demandAll(): never[] {
    if (this.#left === 0) return [];
    const [count, first] = [this.#seen.length, this.#seen.indexOf(0)];
    throw new RxfaceError(`${this.#left} of ${count} embeddings are missing, the first is that of row ${first}`);
  }

  /** Adds an image. @return the template it completes, or -1 */
  #add(row: number, values: EmbeddingRows['values']): number {
    const { mediumOf, templateOf, images } = this.#plan;
    const medium = mediumOf[row];
    if (medium === undefined)
      throw new RxfaceError(`row ${row} is none of the ${mediumOf.length} images of the protocol`);
    if (this.#seen[row]++) throw new RxfaceError(`the embedding of row ${row} came twice`);
    this.#left--;
    const template = templateOf[medium]!;
    const face = this.#face(row, values);
    const left = --this.#imagesLeft[medium]!;
    if (images[medium] === 1) {
      addTo(sumOf(this.#openTemplates, template, face.length, this.#free), face);
    } else {
      const sum = sumOf(this.#openMedia, medium, face.length, this.#free);
      this.#peak = Math.max(this.#peak, this.#openMedia.size);
      addTo(sum, face);
      if (left > 0) return -1;
      this.#openMedia.delete(medium);
      for (let d = 0; d < sum.length; d++) sum[d]! /= images[medium]!;
      addTo(sumOf(this.#openTemplates, template, face.length, this.#free), sum);
      this.#free.push(sum);
    }
    return --this.#mediaLeft[template]! === 0 ? template : -1;
  }

  /** What the image counts for; good until the next one. */
  #face(row: number, values: EmbeddingRows['values']): Float64Array {
    const length = norm(values);
    if (!Number.isFinite(length)) throw new RxfaceError(`the embedding of row ${row} has length ${length}`);
    const { featureNorm = 'keep', detectorScores } = this.#options;
    if (this.#scratch.length !== values.length) this.#scratch = new Float64Array(values.length);
    const divisor = featureNorm === 'drop' && length > 0 ? length : 1;
    const factor = detectorScores?.[row] ?? 1;
    for (let d = 0; d < values.length; d++) this.#scratch[d] = (values[d]! / divisor) * factor;
    return this.#scratch;
  }
}

function sumOf(open: Map<number, Float64Array>, key: number, dimension: number, free: Float64Array[]): Float64Array {
  let sum = open.get(key);
  if (sum === undefined) open.set(key, (sum = free.pop()?.fill(0) ?? new Float64Array(dimension)));
  return sum;
}

function addTo(sum: Float64Array, values: Float64Array): void {
  for (let d = 0; d < sum.length; d++) sum[d]! += values[d]!;
}

/** In place. */
function unit(values: Float64Array): Float64Array {
  const length = norm(values);
  if (length > 0) for (let d = 0; d < values.length; d++) values[d]! /= length;
  return values;
}
