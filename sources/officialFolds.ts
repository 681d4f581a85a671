import { OptionError } from '../pipeline/errors.ts';
import type { PairProtocol } from '../pipeline/items.ts';

/**
 * Some of a protocol's own folds, which the others are kept away from: as a protocol of their pairs alone.
 *
 * ```ts
 * const test = onlyFolds(protocol, [1, 2]); // both of two folds: the same pairs again
 * ```
 *
 * @param folds numbers from 1, ascending, at least two
 * @throws OptionError for other numbers, or where the protocol has no equal folds
 */
export function onlyFolds(protocol: PairProtocol, folds: readonly number[]): PairProtocol {
  if (folds.length < 2) throw new OptionError(protocol.name, 'folds', 'at least two folds', folds);
  return { ...protocol, pairs: pairsOf(protocol, folds), folds: folds.length };
}

/**
 * The people in some of a protocol's own folds, sorted. A person is what stands before the first '/' of an image's name.
 *
 * ```ts
 * const people = peopleOfFolds(protocol, [1]);
 * ```
 *
 * @param folds numbers from 1, ascending
 * @throws OptionError for other numbers, or where the protocol has no equal folds
 */
export function peopleOfFolds(protocol: PairProtocol, folds: readonly number[]): string[] {
  const people = pairsOf(protocol, folds).flatMap(({ a, b }) => [a, b].map((image) => image.split('/')[0]!));
  return [...new Set(people)].toSorted();
}

function pairsOf({ name, pairs, folds: all }: PairProtocol, folds: readonly number[]): PairProtocol['pairs'] {
  const each = pairs.length / all;
  if (!Number.isInteger(each)) throw new OptionError(name, 'folds', `a protocol of ${all} equal folds`, pairs.length);
  const wrong = folds.some((fold, i) => !Number.isInteger(fold) || fold < 1 || fold > all || fold <= (folds[i - 1] ?? 0)); // prettier-ignore
  if (wrong || folds.length === 0) throw new OptionError(name, 'folds', `ascending numbers from 1 to ${all}`, folds);
  return folds.flatMap((fold) => pairs.slice((fold - 1) * each, fold * each));
}
