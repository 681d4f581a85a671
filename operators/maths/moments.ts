export interface Moments {
  mean: number;
  /** Standard deviation of the population (ddof 0). */
  std: number;
}

/** Mean and population standard deviation (ddof 0) of at least one value; NaN for none. */
export function moments(values: readonly number[]): Moments {
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  const variance = values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length;
  return { mean, std: Math.sqrt(variance) };
}
