import { OptionError } from '../../pipeline/errors.ts';

/**
 * Cuts n items into k contiguous, unshuffled folds; the first n mod k folds get one item more.
 *
 * In plain words: the same cut as scikit-learn's `KFold` without shuffling, which the LFW protocol's code uses.
 *
 * @example
 * folds(7, 3); // [[0, 3], [3, 5], [5, 7]]
 *
 * @param n items, a whole number of at least k
 * @param k folds, at least 2: every fold is judged by the others
 * @returns k pairs [from, to), in order
 */
export function folds(n: number, k: number): [from: number, to: number][] {
  if (!Number.isInteger(k) || k < 2) throw new OptionError('folds', 'k', 'a whole number of at least 2', k);
  if (!Number.isInteger(n) || n < k) throw new OptionError('folds', 'n', `a whole number of at least ${k}`, n);
  const size = Math.floor(n / k);
  const longer = n % k;
  const start = (fold: number): number => fold * size + Math.min(fold, longer);
  return Array.from({ length: k }, (_, fold) => [start(fold), start(fold + 1)]);
}
