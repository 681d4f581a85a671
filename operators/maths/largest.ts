/** The k largest of numbers that come one by one. */
export interface Largest {
  add(value: number): void;
  /** Descending; fewer than k where fewer came. */
  all(): Float64Array;
}

/**
 * Keeps the k largest of any number of values, in the memory of 2 k.
 *
 * ```ts
 * const kept = largest(2);
 * for (const value of [3, 1, 2]) kept.add(value);
 * console.log([...kept.all()]); // [3, 2]
 * ```
 *
 * @param k at least 1
 */
export function largest(k: number): Largest {
  const kept = new Float64Array(2 * k);
  let [count, least] = [0, -Infinity];
  const cut = (): void => {
    kept.set(kept.subarray(0, count).toSorted((a, b) => b - a));
    count = Math.min(count, k);
    if (count === k) least = kept[k - 1]!;
  };
  return {
    add(value) {
      if (value <= least) return;
      if (count === kept.length) cut();
      if (value > least) kept[count++] = value;
    },
    all() {
      cut();
      return kept.slice(0, count);
    },
  };
}
