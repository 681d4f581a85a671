/**
 * The value below which the share `p` of the values lies, between the two nearest by linear interpolation
 * (Hyndman and Fan's type 7, the default of NumPy and R).
 *
 * In plain words: quantile(values, 0.5) is the median.
 *
 * @example
 * quantile([1, 2, 3, 4], 0.25); // 1.75
 *
 * @param p share in [0, 1]
 * @return NaN of no values
 */
export function quantile(values: ArrayLike<number>, p: number): number {
  const sorted = Float64Array.from(values).toSorted();
  if (sorted.length === 0) return NaN;
  const at = p * (sorted.length - 1);
  const below = sorted[Math.floor(at)]!;
  return below + (at - Math.floor(at)) * (sorted[Math.ceil(at)]! - below);
}
