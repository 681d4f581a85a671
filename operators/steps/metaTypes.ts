import type { Scalar, Tensor2D } from '@tensorflow/tfjs-core';
import type { StateMap } from '../../pipeline/contracts.ts';
import type { Batch, Factor, Sample } from '../../pipeline/items.ts';

/** Something a checkpoint holds beside weights and momentum. */
export interface Saved {
  save(): StateMap;
  load(state: StateMap): void;
}

/**
 * A classifier v_k of one variation over embeddings (MvCoM paper, Eq 8). Embeddings [N, D] are un-normalised and stay the caller's;
 * labels are N class numbers. Runs inside the step's tidy: what it keeps for itself it has to keep (tf.keep).
 */
export interface VariationClassifier {
  readonly factor: Factor;
  /** Whether it has learned enough to be believed. */
  readonly trained: boolean;
  /** Mean cross entropy over the N samples, all of which have a label, and its gradient [N, D]; both the receiver's. Reads nothing back. */
  loss(embeddings: Tensor2D, labels: Int32Array): { loss: Scalar; dEmbedding: Tensor2D };
  /** One step of its own on a batch's embeddings, no gradient to the network; -1 is no label. Gives the loss, if any had one. Reads nothing back. */
  learn(embeddings: Tensor2D, labels: Int32Array): Scalar | undefined;
  readonly state: Saved;
}

/** The samples of one variation in a {@link MetaBatch}. */
export interface MetaTask {
  factor: Factor;
  /** M_k rows of the meta batch: where a sample is in two variations' sets, both name its row. */
  rows: Int32Array;
  /** M_k classes y_k of this variation, none of them -1. */
  labels: Int32Array;
}

/** Mined from the held-out set V for one batch: all variations' samples together, each once. */
export interface MetaBatch {
  /** [M, H, W, 3] RGB uint8. */
  pixels: Uint8Array;
  size: readonly [number, number];
  /** M places in the pool, which their fresh embeddings go back to. */
  slots: Int32Array;
  tasks: readonly MetaTask[];
}

/** Embeds n images of [H, W, 3] bytes for inference, un-normalised [n, D]; the receiver's. */
export type EmbedPixels = (pixels: Uint8Array, n: number, size: readonly [number, number]) => Tensor2D;

/** The pool of samples of V with their cached embeddings, and the mining over it (Eq 9). */
export interface MetaPool {
  /** Takes this step's candidates in, in the places of older ones. */
  refresh(candidates: readonly Sample[], embed: EmbedPixels): void;
  /**
   * The samples complementary to a batch, for these classifiers. The one thing in a step that may read back before its update:
   * the pixels lie outside the engine.
   *
   * @param embeddings [B, D] of the batch, un-normalised; the caller's
   */
  mine(embeddings: Tensor2D, batch: Batch, classifiers: readonly VariationClassifier[]): MetaBatch;
  /** Fresh embeddings [M, D] of mined samples, the caller's. Reads nothing back. */
  renew(slots: Int32Array, embeddings: Tensor2D): void;
  readonly state: Saved;
}

/** What a meta step takes: a batch of T, and as many candidates of V as the graph's join brings. */
export type MetaInput = readonly [batch: Batch, candidates: readonly Sample[]];
