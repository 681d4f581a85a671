import { RxfaceError } from '../../pipeline/errors.ts';
import { eachProduct, type Rows } from '../maths/eachProduct.ts';
import { largest } from '../maths/largest.ts';

/** Unit embeddings with the person of each. */
export interface People extends Rows {
  people: Int32Array;
}

/**
 * Rank, counted from 1, of the best of a probe's mates among all products; 0 where it has none.
 *
 * @param ties who comes first of equal scores: the larger gallery index, as a stable ascending sort read backwards has it, or the
 * smaller one, as a stable sort of negated scores has it
 */
export function rankOfMate(
  products: Float64Array,
  isMate: (gallery: number) => boolean,
  ties: 'larger' | 'smaller',
): number {
  let mate = -1;
  for (let j = 0; j < products.length; j++) {
    if (!isMate(j)) continue;
    if (mate < 0 || products[j]! > products[mate]! || (ties === 'larger' && products[j] === products[mate])) mate = j;
  }
  if (mate < 0) return 0;
  const score = products[mate]!;
  let rank = 1;
  for (let j = 0; j < products.length; j++)
    if (products[j]! > score || (products[j] === score && (ties === 'larger' ? j > mate : j < mate))) rank++;
  return rank;
}

/** How many ranks are within each k. */
export function within(ranks: readonly number[], ks: readonly number[]): number[] {
  return ks.map((k) => ranks.filter((rank) => rank > 0 && rank <= k).length);
}

/**
 * Closed-set ranks: of each probe that has a mate in the gallery the rank of its best one. Of equal scores the larger gallery
 * index comes first.
 *
 * ```ts
 * const faces = { values: Float64Array.of(1, 0, 0, 1), dimension: 2, people: Int32Array.of(5, 6) };
 * console.log(closedSetRanks(faces, faces)); // [1, 1]
 * ```
 */
export function closedSetRanks(probes: People, gallery: People): number[] {
  const ranks: number[] = [];
  eachProduct(probes, gallery, (probe, products) => {
    const rank = rankOfMate(products, (j) => gallery.people[j] === probes.people[probe], 'larger');
    if (rank > 0) ranks.push(rank);
  });
  return ranks;
}

/** What a gallery says of probes, of whom some are strangers to it. */
export interface OpenSet {
  /** Of the probes with a mate. */
  ranks: number[];
  /** By FPIR in the order asked for: share of the probes with a mate whose mate is above the threshold and above all others. */
  tpir: number[];
}

/**
 * Open-set identification in one gallery: TPIR at the threshold that so large a share of the strangers' best scores pass.
 *
 * Source: the corrected IJB 1:N of insightface (`ijb_evals.py`): the threshold is the stranger's best score at the index
 * max(floor(N x FPIR) - 1, 0) of the descending ones; a mate is found strictly above it and above the best impostor. Of two
 * templates of a person in the gallery the first one is the mate.
 *
 * @throws RxfaceError for a gallery without strangers, or without mates
 */
export function openSet(probes: People, gallery: People, fpirs: readonly number[]): OpenSet {
  const ranks: number[] = [];
  const found: number[] = [];
  const strangers: number[] = [];
  let mated = 0;
  eachProduct(probes, gallery, (probe, products) => {
    const person = probes.people[probe]!;
    const mate = gallery.people.indexOf(person);
    let other = -Infinity;
    for (let j = 0; j < products.length; j++)
      if (gallery.people[j] !== person && products[j]! > other) other = products[j]!;
    if (mate < 0) return void strangers.push(other);
    mated++;
    ranks.push(rankOfMate(products, (j) => j === mate, 'larger'));
    if (products[mate]! > other) found.push(products[mate]!);
  });
  if (mated === 0 || strangers.length === 0)
    throw new RxfaceError(`TPIR at FPIR is over mates and strangers: a gallery has ${mated} and ${strangers.length}`);
  const descending = strangers.toSorted((a, b) => b - a);
  const tpir = fpirs.map((fpir) => {
    const threshold = descending[Math.max(Math.floor(descending.length * fpir) - 1, 0)]!;
    return found.filter((score) => score > threshold).length / mated;
  });
  return { ranks, tpir };
}

/**
 * The older IJB 1:N: ranks, and the share of genuine scores above the ceil(Q x FAR)-th largest of all non-mate scores, whatever their rank.
 *
 * Source: AdaFace's `ijb_1n.py`. Of equal scores the smaller gallery index comes first.
 *
 * @throws RxfaceError for a probe without exactly one mate
 */
export function legacyIdentification(
  probes: People,
  gallery: People,
  fars: readonly number[],
): { ranks: number[]; recall: number[] } {
  const queries = probes.people.length;
  const needed = fars.map((far) => Math.ceil(queries * far));
  const others = largest(Math.max(1, ...needed));
  const ranks: number[] = [];
  const genuine: number[] = [];
  eachProduct(probes, gallery, (probe, products) => {
    const person = probes.people[probe]!;
    const mate = gallery.people.indexOf(person);
    if (mate < 0 || gallery.people.lastIndexOf(person) !== mate)
      throw new RxfaceError(
        `every probe must have exactly one mate: subject ${person} has ${mate < 0 ? 'none' : 'more'}`,
      );
    ranks.push(rankOfMate(products, (j) => j === mate, 'smaller'));
    genuine.push(products[mate]!);
    for (let j = 0; j < products.length; j++) if (j !== mate) others.add(products[j]!);
  });
  const descending = others.all();
  const recall = needed.map((count) => {
    const threshold = descending[Math.min(count, descending.length) - 1] ?? -Infinity;
    return genuine.filter((score) => score > threshold).length / queries;
  });
  return { ranks, recall };
}
