/**
 * How many values at the beginning of a list a condition holds for, where it holds for none after the first it does not hold for.
 *
 * @example
 * partitionPoint([1, 2, 2, 5], (value) => value <= 2); // 3
 *
 * @param holds asked of about log2(values) of them
 */
export function partitionPoint(values: ArrayLike<number>, holds: (value: number) => boolean): number {
  let [low, high] = [0, values.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(values[middle]!)) low = middle + 1;
    else high = middle;
  }
  return low;
}
