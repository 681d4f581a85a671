/**
 * The Euclidean length of `count` values from `from` on, summed in float64.
 *
 * ```ts
 * console.log(norm(Float32Array.of(9, 3, 4), 1)); // 5
 * ```
 */
export function norm(values: Float32Array | Float64Array, from = 0, count = values.length - from): number {
  // A loop: callbacks take twice as long.
  let sum = 0;
  for (let i = from; i < from + count; i++) sum += values[i]! * values[i]!;
  return Math.sqrt(sum);
}
