import { moments } from '../maths/moments.ts';

/** How unequal errors are over groups. */
export interface Bias {
  /** Mean error, fraction. */
  mean: number;
  /** Standard deviation of the population (ddof 0): what MvCoM's Table 1 calls bias. That of the accuracies is the same. */
  std: number;
  /** Skewed error ratio: largest error over smallest; Infinity where the smallest is 0, 1 where all are 0. */
  ratio: number;
}

/**
 * How unequally a model errs over groups of people: RFW's two figures (Wang et al. 2019).
 *
 * ```ts
 * bias([0.01, 0.03]); // { mean: 0.02, std: 0.01, ratio: 3 }
 * ```
 *
 * @param errors one a group: 1 - accuracy, or a false match rate
 */
export function bias(errors: readonly number[]): Bias {
  const [least, most] = [Math.min(...errors), Math.max(...errors)];
  return { ...moments(errors), ratio: most === 0 ? 1 : most / least };
}
