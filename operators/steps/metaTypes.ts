import type { Scalar, Tensor2D } from '@tensorflow/tfjs-core';
import type { StateMap } from '../../pipeline/contracts.ts';
import type { Batch, Factor, Sample } from '../../pipeline/items.ts';

/** Something a checkpoint holds beside weights and momentum. */
export interface Saved {
  save(): StateMap;
  load(state: StateMap): void;
}

/**
 * What a meta step needs of a classifier v_k of one variation over embeddings [N, D], un-normalised and the caller's. Labels are N class
 * numbers, -1 for none. Nothing is read back; tensors given out are the receiver's.
 */
export interface MetaClassifier {
  readonly factor: Factor;
  /** Whether it has learned enough to be believed. */
  readonly trained: boolean;
  /** Mean cross entropy over the samples with a label, and its gradient [N, D]. */
  loss(embeddings: Tensor2D, labels: Int32Array): { loss: Scalar; dEmbedding: Tensor2D };
  /** One step of its own on a batch's embeddings, which are constants to it. Gives its loss, if any sample had a label. */
  update(embeddings: Tensor2D, labels: Int32Array): Scalar | undefined;
  readonly state: Saved;
}

/** Mined from the held-out set V for one batch: all variations' samples together. */
export interface MetaBatch {
  /** [M, H, W, 3] RGB uint8. */
  pixels: Uint8Array;
  size: readonly [number, number];
  /** M places in the pool, which their fresh embeddings go back to. */
  slots: Int32Array;
  /** By variation M labels; -1 where a sample has none or is not meant for this variation. */
  labels: Partial<Record<Factor, Int32Array>>;
}

/** What mining is asked. */
export interface MiningQuery {
  /** [B, D] of the batch, un-normalised; the caller's. */
  embeddings: Tensor2D;
  seed: number;
  iteration: number;
}

/** What a meta step needs of the pool of samples of V: it takes candidates and fresh embeddings in, after the update. */
export interface FreshPool {
  /** Candidates of this step in the places of older ones, with their embeddings [n, D]. */
  put(candidates: readonly Sample[], embeddings: Float32Array): unknown;
  /** New embeddings [n, D] of what stands in these slots. */
  refresh(slots: Int32Array, embeddings: Float32Array): void;
  readonly state: Saved;
}

/** What a meta step takes: a batch of T, and as many prepared candidates of V as the graph's join brings. */
export type MetaInput = readonly [batch: Batch, candidates: readonly Sample[]];
