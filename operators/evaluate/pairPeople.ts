import type { PairProtocol } from '../../pipeline/items.ts';

/**
 * Who is in each pair of a protocol, as numbers from 0: [2 x pairs]. A person is what stands before the first '/' of an image's name.
 * Undefined where a name has none: such a protocol does not say whom it shows.
 *
 * ```ts
 * pairPeople({ name: 'tiny', pairs: [{ a: 'Ann/1', b: 'Bob/1', same: false }], folds: 1 }); // Int32Array [0, 1]
 * ```
 */
export function pairPeople({ pairs }: PairProtocol): Int32Array | undefined {
  if (pairs.some(({ a, b }) => !a.includes('/') || !b.includes('/'))) return undefined;
  const numbers = new Map<string, number>();
  const numberOf = (image: string): number => {
    const person = image.split('/')[0]!;
    const known = numbers.get(person) ?? numbers.size;
    numbers.set(person, known);
    return known;
  };
  return Int32Array.from(pairs.flatMap(({ a, b }) => [numberOf(a), numberOf(b)]));
}
