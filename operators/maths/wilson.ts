import { OptionError } from '../../pipeline/errors.ts';

/** Of the normal distribution: 95 % lie within. */
const Z = 1.959963984540054;

/**
 * The 95 % confidence interval of a rate of which `hits` of `trials` were seen (Wilson 1927).
 *
 * In plain words: 3 of 3,000 may be a rate of 0.03 % or 0.3 %. Trials that share people are less worth than it takes them for.
 *
 * @example
 * wilson(5, 10).map((rate) => rate.toFixed(3)); // ['0.237', '0.763']
 *
 * @throws OptionError where there are no trials, or more hits
 */
export function wilson(hits: number, trials: number): [low: number, high: number] {
  if (!(trials > 0 && hits >= 0 && hits <= trials))
    throw new OptionError('wilson', 'hits', `from 0 to the number of trials, ${trials}`, hits);
  const rate = hits / trials;
  const middle = rate + (Z * Z) / (2 * trials);
  const half = Z * Math.sqrt((rate * (1 - rate)) / trials + (Z * Z) / (4 * trials * trials));
  const whole = 1 + (Z * Z) / trials;
  return [Math.max(0, (middle - half) / whole), Math.min(1, (middle + half) / whole)];
}
