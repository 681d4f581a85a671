import { div, maximum, mul, sqrt, square, sub, sum, type Tensor2D } from '@tensorflow/tfjs-core';

export interface UnitRows {
  /** [N, d] rows of length 1. */
  rows: Tensor2D;
  /** The gradient by the rows as they were, from that by the unit rows, both [N, d]. */
  gradient(dRows: Tensor2D): Tensor2D;
}

/** A row shorter than this is divided by this: a row of zeros stays one. */
const LEAST = 1e-12;

/**
 * Rows brought to length 1, and the way back of their gradient: (d - f (f . d)) / |e|.
 *
 * Call it in a tidy: it keeps what `gradient` needs.
 */
export function unitRows(embeddings: Tensor2D): UnitRows {
  const lengths: Tensor2D = maximum(sqrt(sum(square(embeddings), 1, true)), LEAST);
  const rows: Tensor2D = div(embeddings, lengths);
  return {
    rows,
    gradient: (dRows) => div(sub(dRows, mul(rows, sum(mul(dRows, rows), 1, true))), lengths),
  };
}
