/** Rows one after another, of one length each. */
export interface Rows {
  values: Float64Array;
  dimension: number;
}

/**
 * The inner products of each left row with all right rows, a left row at a time: the whole table is never held.
 *
 * ```ts
 * const rows = { values: Float64Array.of(1, 0, 0, 1), dimension: 2 };
 * eachProduct(rows, rows, (row, products) => console.log(row, [...products])); // 0 [1, 0] and 1 [0, 1]
 * ```
 *
 * Products are summed in one order, so that equal rows have equal products.
 *
 * @param visit is given the number of a left row and its products, which are good until it returns
 */
export function eachProduct(left: Rows, right: Rows, visit: (row: number, products: Float64Array) => void): void {
  const { values: a, dimension } = left;
  const { values: b } = right;
  const count = b.length / dimension;
  const total = a.length / dimension;
  const products = Array.from({ length: 4 }, () => new Float64Array(count));
  const [p0, p1, p2, p3] = products as [Float64Array, Float64Array, Float64Array, Float64Array];
  for (let row = 0; row < total; row += 4) {
    // Four left rows at once read the right ones a quarter as often; past the end the last one again.
    const at = (k: number): number => Math.min(row + k, total - 1) * dimension;
    const [a0, a1, a2, a3] = [at(0), at(1), at(2), at(3)];
    for (let j = 0; j < count; j++) {
      const from = j * dimension;
      let [s0, s1, s2, s3] = [0, 0, 0, 0];
      for (let d = 0; d < dimension; d++) {
        const value = b[from + d]!;
        s0 += a[a0 + d]! * value;
        s1 += a[a1 + d]! * value;
        s2 += a[a2 + d]! * value;
        s3 += a[a3 + d]! * value;
      }
      p0[j] = s0;
      p1[j] = s1;
      p2[j] = s2;
      p3[j] = s3;
    }
    for (let k = 0; k < Math.min(4, total - row); k++) visit(row + k, products[k]!);
  }
}
