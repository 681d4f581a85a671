import { OptionError } from '../../pipeline/errors.ts';
import { quantile } from '../maths/quantile.ts';
import { resample } from '../maths/resample.ts';
import type { PairScores } from './pairScores.ts';

/** Bounds between which 95 % of the resamples lie. */
export type Interval = [low: number, high: number];

export interface BootstrapOptions {
  /** Resamples; at least 100. Default 1000. */
  resamples?: number;
  /** Keys the resamples. Default 1. */
  seed?: number;
}

/**
 * 95 % intervals of figures of a pair protocol, by a bootstrap over its people.
 *
 * In plain words: the people are drawn anew, some twice, some not at all, a thousand times over; a pair counts as often as both
 * of its people were drawn. So the interval knows that the pairs of one person go wrong together, which counting pairs does not.
 *
 * A pair of one person weighs its count, one of two people the product of theirs (the bootstrap of the nodes of a graph: Snijders
 * and Borgatti 1999; over subjects: Bolle, Ratha and Pankanti 2004). Bounds are the quantiles at 2.5 and 97.5 %. A resample without
 * pairs of one kind says nothing of a figure and is left out of it, where `read` gives NaN.
 *
 * ```ts
 * const [accepted] = bootstrapPairs(scores, (weights) => [weights[0]! + weights[2]!]);
 * console.log(accepted); // [low, high]
 * ```
 *
 * @param scores where `people` is missing each pair is drawn by itself
 * @param read figures for a weight of each pair, [pairs] whole numbers; the same figures in the same order each time
 * @throws OptionError for fewer than 100 resamples
 */
export function bootstrapPairs(
  { distances, people }: Pick<PairScores, 'distances' | 'people'>,
  read: (weights: Float64Array) => readonly number[],
  { resamples = 1000, seed = 1 }: BootstrapOptions = {},
): Interval[] {
  if (!(Number.isInteger(resamples) && resamples >= 100))
    throw new OptionError('bootstrapPairs', 'resamples', 'a whole number of at least 100', resamples);
  const owners = people ?? Int32Array.from({ length: 2 * distances.length }, (_, i) => i >> 1);
  const count = owners.reduce((most, person) => Math.max(most, person + 1), 0);
  const figures: number[][] = [];
  for (let number = 0; number < resamples; number++) {
    const weights = pairWeights(owners, resample(count, number, { seed }));
    read(weights).forEach((value, i) => (figures[i] ??= []).push(value));
  }
  return figures.map((values) => {
    const known = values.filter((value) => !Number.isNaN(value));
    return [quantile(known, 0.025), quantile(known, 0.975)];
  });
}

/** How often each pair counts where its people count so often. @param people [2 x pairs] */
export function pairWeights(people: Int32Array, counts: ArrayLike<number>): Float64Array {
  const weights = new Float64Array(people.length / 2);
  for (let i = 0; i < weights.length; i++) {
    const [a, b] = [people[2 * i]!, people[2 * i + 1]!];
    weights[i] = a === b ? counts[a]! : counts[a]! * counts[b]!;
  }
  return weights;
}
