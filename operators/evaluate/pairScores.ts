/** Distances of a protocol's pairs, in the protocol's order. */
export interface PairScores {
  /** Name of the protocol: 'lfw', 'cfp-fp', ... */
  protocol: string;
  /** [pairs] squared Euclidean distance of unit embeddings, 2 - 2 cos, in [0, 4]. */
  distances: Float64Array;
  /** [pairs] 1 where both images show the same person. */
  same: Uint8Array;
  /** Contiguous folds the pairs are cut into. */
  folds: number;
}
