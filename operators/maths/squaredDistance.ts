/**
 * The squared Euclidean distance of `dimension` values of `a`, from `fromA` on, and as many of `b`; summed in float64.
 *
 * ```ts
 * console.log(squaredDistance(Float32Array.of(1, 0), Float32Array.of(0, 1), 2)); // 2
 * ```
 */
export function squaredDistance(a: Float32Array, b: Float32Array, dimension: number, fromA = 0, fromB = 0): number {
  // A loop: callbacks take twice as long.
  let sum = 0;
  for (let d = 0; d < dimension; d++) {
    const apart = a[fromA + d]! - b[fromB + d]!;
    sum += apart * apart;
  }
  return sum;
}
