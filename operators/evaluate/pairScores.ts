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
  /** [2 x pairs] number of the person on either side, from 0, where they are known. */
  people?: Int32Array;
  /** [2 x pairs] length of the embedding on either side, where it is known: what quality is read from. */
  norms?: Float32Array;
}
