import { getBackend, matMul, tensor2d, type Tensor2D } from '@tensorflow/tfjs-core';
import { eachProduct, type Rows } from '../maths/eachProduct.ts';

/** Backends of tfjs that multiply faster than loops do. */
const FAST = ['tensorflow', 'wasm'];
/** Multiplications below which it is not worth the way to the engine. */
const FEW = 1 << 18;
/** Products that are held at once. */
const TABLE = 1 << 22;

/**
 * The inner products of unit rows that are as large as it takes, each with its left and its right row.
 *
 * In plain words: of millions of comparisons a search wants the few best. Where an engine runs, it finds in float32 which may be among
 * them, and these alone are summed again as `eachProduct` sums all: what is visited, and its value, is the same with any engine or none.
 *
 * ```ts
 * const rows = { values: Float64Array.of(1, 0, 0, 1), dimension: 2 };
 * eachLargeProduct(rows, rows, () => 0.5, (left, right, product) => console.log(left, right, product)); // 0 0 1 and 1 1 1
 * ```
 *
 * @param left,right rows of length 1
 * @param least how large a product with this left row must be; asked again after each visit, and may only have grown
 * @param visit right rows in order for each left row
 */
export function eachLargeProduct(
  left: Rows,
  right: Rows,
  least: (row: number) => number,
  visit: (row: number, other: number, product: number) => void,
): void {
  const { values: a, dimension } = left;
  const { values: b } = right;
  const [rows, others] = [a.length / dimension, b.length / dimension];
  if (!FAST.includes(getBackend()) || a.length * others < FEW)
    return eachProduct(left, right, (row, products) => {
      for (let j = 0; j < others; j++) if (products[j]! >= least(row)) visit(row, j, products[j]!);
    });
  const slack = roundedBy(dimension);
  const short = tensor2d(new Float32Array(a), [rows, dimension]);
  try {
    const step = Math.max(1, Math.floor(TABLE / rows));
    for (let first = 0; first < others; first += step) {
      const count = Math.min(step, others - first);
      const table = productsWith(short, b.subarray(first * dimension, (first + count) * dimension));
      for (let row = 0; row < rows; row++) {
        let bound = least(row);
        for (let j = 0; j < count; j++) {
          if (table[row * count + j]! < bound - slack) continue;
          const product = productAt(a, row * dimension, b, (first + j) * dimension, dimension);
          if (product < bound) continue;
          visit(row, first + j, product);
          bound = least(row);
        }
      }
    }
  } finally {
    short.dispose();
  }
}

/**
 * How far the engine's product of unit rows is from ours at most: float32 sums of so many, of factors that a graphics card may cut to
 * ten bits (TF32: each by 2^-11 of itself).
 */
function roundedBy(dimension: number): number {
  return 2 ** -10 + (dimension + 4) * 2 ** -23;
}

/** The table of products of these rows with others, [rows x others]. */
function productsWith(left: Tensor2D, values: Float64Array): Float32Array {
  const [, dimension] = left.shape;
  const right = tensor2d(new Float32Array(values), [values.length / dimension, dimension]);
  const table = matMul(left, right, false, true);
  try {
    return table.dataSync<'float32'>();
  } finally {
    right.dispose();
    table.dispose();
  }
}

/** In the order of eachProduct. */
function productAt(a: Float64Array, i: number, b: Float64Array, j: number, dimension: number): number {
  let sum = 0;
  for (let d = 0; d < dimension; d++) sum += a[i + d]! * b[j + d]!;
  return sum;
}
