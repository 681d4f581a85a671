import { OptionError } from '../../pipeline/errors.ts';
import { bootstrapPairs, type BootstrapOptions, type Interval } from './bootstrapPairs.ts';
import { within } from './identify.ts';

/** Cumulative match characteristic: shares of the probes whose mate is among the first so many, with 95 % intervals. */
export interface CmcCurve {
  rank: number[];
  rate: number[];
  interval: Interval[];
}

export interface Identified {
  /** Of each probe with a mate, from 1. */
  ranks: readonly number[];
  /** [ranks] person of each. */
  people: ArrayLike<number>;
  /** Probes that rates are shares of; those without a mate, where these count too. */
  probes: number;
  /** The last rank that is told from those behind it, which are Infinity; none where absent. */
  deepest?: number;
}

/** Eight a decade, as far as a picture reaches. */
const RANKS = [1, 2, 3, 4, 5, 7, 10, 13, 18, 20, 24, 32, 42, 56, 75, 100];

/**
 * The CMC curve of ranks, with intervals by a bootstrap over the people of the probes.
 *
 * In plain words: how often the right person is the first hit, among the first five, the first twenty.
 *
 * ```ts
 * console.log(cmcCurve({ ranks: [1, 1, 3], people: [5, 6, 6], probes: 3 }, 4).rate); // [2/3, 2/3, 1, 1]
 * ```
 *
 * @param gallery templates in it: the curve goes no further, nor behind the deepest rank that is known
 * @throws OptionError for no ranks
 */
export function cmcCurve(
  { ranks, people, probes, deepest = Infinity }: Identified,
  gallery: number,
  options: BootstrapOptions = {},
): CmcCurve {
  if (ranks.length === 0) throw new OptionError('cmcCurve', 'ranks', 'of at least one probe with a mate', 0);
  const rank = RANKS.filter((k) => k <= gallery && k <= deepest);
  const mated = ranks.length / probes;
  const numbers = new Map<number, number>();
  for (const person of Array.from(people)) if (!numbers.has(person)) numbers.set(person, numbers.size);
  const read = (weights: Float64Array): number[] => {
    const found = new Float64Array(rank.length);
    let total = 0;
    ranks.forEach((own, i) => {
      total += weights[i]!;
      for (let k = 0; k < rank.length; k++) if (own <= rank[k]!) found[k]! += weights[i]!;
    });
    return Array.from(found, (hits) => (mated * hits) / total);
  };
  const probesOf = {
    distances: new Float64Array(ranks.length),
    people: twice(Int32Array.from(people, (person) => numbers.get(person)!)),
  };
  return {
    rank,
    rate: within(ranks, rank).map((hits) => hits / probes),
    interval: bootstrapPairs(probesOf, read, options),
  };
}

/** A probe as a pair of its person with itself: it weighs what the person does. */
function twice(people: Int32Array): Int32Array {
  return Int32Array.from({ length: 2 * people.length }, (_, i) => people[i >> 1]!);
}
