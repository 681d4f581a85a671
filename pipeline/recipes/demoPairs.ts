import type { PairProtocol } from 'rxface';
import { hashKey, keyedRandom } from 'rxface/operators';
import type { IndexedSource } from 'rxface/sources';
import { listsByLabel } from '../byLabel.ts';
import { OptionError } from '../errors.ts';

const FOLDS = 10;

/**
 * A verification protocol over any open source of people: in each of ten folds as many pairs of one person as of two.
 *
 * Which pairs is keyed by the seed: the same people and seed give the same protocol. No pair comes twice.
 *
 * @param most pairs in all
 * @throws OptionError where the people have not enough images for a pair of each kind in every fold
 */
export function randomPairs(
  { name, labels, id }: Pick<IndexedSource, 'name' | 'labels' | 'id'>,
  { most, seed }: { most: number; seed: number },
): PairProtocol {
  const people = listsByLabel('demo', { name, labels, length: labels.length });
  const together = people.flatMap((own) =>
    [...own].flatMap((a, k) => Array.from(own.subarray(k + 1), (b) => [a, b] as const)),
  );
  // There are at least as many pairs of two people as these, or else more are drawn below than there are.
  const apart = (labels.length * (labels.length - 1)) / 2 - together.length;
  const each = Math.min(Math.floor(most / 2 / FOLDS), Math.floor(Math.min(together.length, apart / 2) / FOLDS));
  if (each < 1)
    throw new OptionError(name, 'images', `enough for ${FOLDS} pairs of one person and of two`, labels.length);
  const order = together.map((_, i) => hashKey(seed, 'pairs.same', 0, i));
  const same = [...together.keys()].toSorted((a, b) => order[a]! - order[b]!).map((i) => together[i]!);
  const different = pairsOfTwo(labels, each * FOLDS, keyedRandom(seed, 'pairs.different', 0, 0));
  const pair = (kind: boolean, [a, b]: readonly [number, number]): PairProtocol['pairs'][number] => ({
    a: imageName(id(a)),
    b: imageName(id(b)),
    same: kind,
  });
  const pairs = Array.from({ length: FOLDS }, (_, fold) => [
    ...same.slice(fold * each, (fold + 1) * each).map((found) => pair(true, found)),
    ...different.slice(fold * each, (fold + 1) * each).map((found) => pair(false, found)),
  ]).flat();
  return { name: 'unseen', pairs, folds: FOLDS };
}

/** As protocols name images: without the extension. */
export function imageName(id: string): string {
  return id.replace(/\.\w+$/, '');
}

function pairsOfTwo(labels: Int32Array, wanted: number, random: () => number): [number, number][] {
  const found = new Map<number, [number, number]>();
  const draw = (): number => Math.floor(random() * labels.length);
  while (found.size < wanted) {
    const [a, b] = [draw(), draw()];
    if (labels[a] !== labels[b]) found.set(Math.min(a, b) * labels.length + Math.max(a, b), [a, b]);
  }
  return [...found.values()];
}
