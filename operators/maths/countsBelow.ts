/**
 * How many values lie strictly below each threshold (n times the empirical distribution function).
 *
 * @example
 * countsBelow([0.5, 0.1, 0.5], [0, 0.5, 1]); // Int32Array [0, 1, 3]
 *
 * @param values any numbers, in any order; NaN is below nothing
 * @param thresholds ascending
 * @returns one count per threshold
 */
export function countsBelow(values: ArrayLike<number>, thresholds: ArrayLike<number>): Int32Array {
  const counts = new Int32Array(thresholds.length);
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    // First threshold above the value.
    let low = 0;
    let high = thresholds.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (value < thresholds[middle]!) high = middle;
      else low = middle + 1;
    }
    if (low < counts.length) counts[low]! += 1;
  }
  for (let i = 1; i < counts.length; i++) counts[i]! += counts[i - 1]!;
  return counts;
}
