import type { StateMap } from './contracts.ts';

/** Names of the variations a face can be labelled with. */
export const FACTORS = ['ethnicity', 'pose', 'blur', 'occlusion'] as const;
export type Factor = (typeof FACTORS)[number];

/**
 * Classes of the pose label: the face's yaw in steps of 30 degrees, -90 is 0, straight ahead 3 and 90 is 6
 * (MvCoM, appendix A.3). A mirrored face has the label POSE_CLASSES - 1 - label.
 */
export const POSE_CLASSES = 7;

/**
 * Where an item stands: `position` in the shuffled epoch, `index` in the source.
 * Randomness is keyed by (seed, stage, epoch, position), never drawn from a hidden generator.
 */
export interface Key {
  epoch: number;
  position: number;
  index: number;
}

/** The ethnicity labels by their numbers: MvCoM, section 3.2.2. */
export const ETHNICITIES = ['African American', 'Caucasian', 'East Asian', 'South Asian'] as const;

/** One face: first encoded `bytes`, after `prepare` decoded `pixels`. */
export interface Sample extends Key {
  /** The record's own name: its path inside the archive or folder, or the number of its record. */
  id: string;
  /** Class of the person, 0-based and compact over its source; -1 where the source knows none. */
  label: number;
  /** Encoded image (JPEG, PNG, WebP). */
  bytes?: Uint8Array;
  /** Why there is no image: what reading found wrong with this record. The stage that needs the image makes a fault of it. */
  damage?: string;
  /** Decoded pixels, RGB, rows of width x 3 (HWC). */
  pixels?: Uint8Array;
  /** [height, width] of `pixels`. */
  size?: readonly [number, number];
  /** Five landmarks x,y in pixels of the encoded image, once prepared in those of `pixels`: eye at image left, eye at image right, nose, mouth corners left, right. */
  points?: Float32Array;
  /** True where a landmark table was given but has no row for this image: it is resized, not aligned. */
  pointsMissing?: boolean;
  variation?: Partial<Record<Factor, number>>;
}

/** N faces of one size, in one buffer. */
export interface Batch {
  epoch: number;
  /** Number of this batch in its epoch, 0-based. */
  step: number;
  /** [N, H, W, 3] RGB uint8. */
  pixels: Uint8Array;
  size: readonly [number, number];
  labels: Int32Array;
  ids: string[];
  keys: Key[];
  /** Per factor N labels; -1 where a sample has none. */
  variation: Record<Factor, Int32Array>;
}

/** N embeddings. `values` is [N, D] un-normalised, flip-summed where the embedder was told to. */
export interface Embeddings {
  epoch: number;
  values: Float32Array;
  dimension: number;
  labels: Int32Array;
  ids: string[];
  keys: Key[];
}

/** Embeddings by the row of the list that they belong to (`index`): what a protocol over rows takes. `Embeddings` are such items. */
export interface EmbeddingRows {
  /** [N, D] */
  values: Float32Array | Float64Array;
  dimension: number;
  keys: readonly Pick<Key, 'index'>[];
}

/** Pairs of templates to compare. Trial i is of the templates numbered `pairs[2 i]` and `pairs[2 i + 1]`. */
export interface Trials {
  pairs: Uint32Array;
  /** The first so many are of one person each, the others of two. */
  genuine: number;
}

/** A verification protocol over named images: `pairs` in order, cut into `folds` contiguous equal parts. */
export interface PairProtocol {
  name: string;
  pairs: { a: string; b: string; same: boolean }[];
  folds: number;
}

/** What one training step reports. Everything under `time` may differ between equal runs; nothing else may. */
export interface StepItem {
  epoch: number;
  /** Batch of the epoch, 0-based. */
  step: number;
  /** Updates done since the start of training, this one included. */
  iteration: number;
  /** Part of the training that it belongs to, where there are several: 'warm-up', 'meta'. */
  phase?: string;
  /** Samples consumed in this epoch, this batch included: where a resumed run goes on. */
  position: number;
  images: number;
  loss: number;
  learningRate: number;
  /** Figures of this step by name: 'gradientNorm', 'normMean', 'normStd', ... */
  figures: Record<string, number>;
  /** Of chosen samples; of every sample of the batch where a meta step reports each variation's part of the residuals. */
  samples?: StepSample[];
  /** Weights and state after this step, on checkpoint steps only. */
  snapshot?: Snapshot;
  time: { at: number; seconds: number; imagesPerSecond: number };
}

/** One sample as a step saw it: norm, cosine to its centre, P of its class, margin and the paper's gradient scaling term (P - 1) x slope. */
export interface StepSample extends Partial<Record<`residual.${Factor}`, number>> {
  index: number;
  norm: number;
  cosine: number;
  probability: number;
  margin: number;
  gradientScale: number;
  /** What a meta step added to the margin; 'residual.<factor>' is what one variation asks for, before clamps. */
  residual?: number;
  /** Where all samples of a batch are reported: place in the epoch, person, and labels of variations as it was drawn. */
  position?: number;
  label?: number;
  variation?: Partial<Record<Factor, number>>;
}

/** Everything a checkpoint holds but what the run knows better (config, engine, hashes of files). */
export interface Snapshot {
  epoch: number;
  iteration: number;
  /** Part of the training, where it has several. */
  phase?: string;
  position: number;
  /** PyTorch layouts, AdaFace's names without prefix; 'head.kernel' [D, C]. */
  weights: StateMap;
  /** Momentum under 'momentum.<name>', margin statistics under 'margin.<name>', ... */
  state: StateMap;
  /** Of this step's batch a number for each face: 'norm', 'cosine' to its centre, 'probability' of its class, 'margin', 'gradientScale', 'residual'. */
  faces?: Record<string, Float32Array>;
}
