import { concat, defer, ignoreElements, map, type Observable } from 'rxjs';
import type { Stage } from '../../pipeline/contracts.ts';
import { RxfaceError } from '../../pipeline/errors.ts';
import type { EmbeddingRows } from '../../pipeline/items.ts';
import { norm } from '../maths/norm.ts';
import type { Identified } from './cmcCurve.ts';
import { eachLargeProduct } from './eachLargeProduct.ts';

/** Some rows of a list, and whom each of them shows. */
export interface ListedPeople {
  rows: Int32Array;
  people: Int32Array;
}

/** How a search for probes in a gallery stands. */
export interface SearchStanding {
  /** Probes embedded so far that have a mate in the gallery, embedded or not. */
  probes: number;
  /** Gallery images embedded so far. */
  gallery: number;
  /** How many of these probes have a mate among their first `k` of this gallery; good until the next item. */
  hits(k: number): number;
  /** Of each of these probes, in the order of their list, the rank of its best mate in this gallery; good until the next item. */
  identified(): Identified;
}

/** Most ranks that are asked for, TinyFace's last; of a mate behind them no rank is known. */
const MOST_RANKS = 20;

/**
 * Searches for probes in a gallery while the embeddings of both come in: closed-set identification.
 *
 * In plain words: of each probe the twenty gallery images most like it are kept. Once the last probe has come, what comes of the
 * gallery is compared and forgotten; so lists that begin with the probes need memory for these alone.
 *
 *     [p1 p2] ----- [g1 g2] ------ [g3] --------- |
 *     searchGallery(p1 p2, g1 g2 g3)
 *     2 probes, 0 - 2 probes, 2 -- 2 probes, 3 -- |
 *
 * ```ts
 * const probes = { rows: Int32Array.of(0), people: Int32Array.of(7) };
 * const gallery = { rows: Int32Array.of(1), people: Int32Array.of(7) };
 * from([embeddings])
 *   .pipe(searchGallery(probes, gallery))
 *   .subscribe(({ hits }) => console.log(hits(1))); // 1
 * ```
 *
 * Scores are cosines in float64, the same with any engine or none; a fast one finds which of them are worth it. Of equal ones the
 * larger gallery index comes first, as a stable ascending sort read backwards has it (TinyFace's evaluation, whose own sort leaves it open).
 *
 * @return one item for each. Errors with RxfaceError for a row of neither, a row that comes twice, an embedding without direction, or,
 * on completion, rows that never came
 * @throws RxfaceError where no probe has a mate
 */
export function searchGallery(probes: ListedPeople, gallery: ListedPeople): Stage<EmbeddingRows, SearchStanding> {
  const enrolled = new Set(gallery.people);
  const mated = probes.people.filter((person) => enrolled.has(person)).length;
  if (mated === 0) throw new RxfaceError(`none of the ${probes.people.length} probes has a mate in the gallery`);
  const stage = (source: Observable<EmbeddingRows>): Observable<SearchStanding> =>
    defer(() => {
      const search = new Search(probes, gallery, enrolled);
      return concat(
        source.pipe(map((rows) => search.take(rows))),
        defer(() => search.demandAll()).pipe(ignoreElements()),
      );
    });
  return Object.assign(stage, {
    label: { in: 'EmbeddingRows', out: 'SearchStanding', keeps: 'count', asks: 1, gives: 1, holds: 0 },
  });
}

/** Unit embeddings, one after another, at most so many; their memory is taken with the first. */
class Slab {
  readonly numbers: number[] = [];
  readonly #most: number;
  #values = new Float64Array(0);
  #length = 0;

  constructor(most: number) {
    this.#most = most;
  }

  get values(): Float64Array {
    return this.#values.subarray(0, this.#length);
  }

  add(number: number, unit: Float64Array): void {
    if (this.#length === 0) this.#values = new Float64Array(this.#most * unit.length);
    this.#values.set(unit, this.#length);
    this.#length += unit.length;
    this.numbers.push(number);
  }

  addAll({ numbers, values }: Slab, dimension: number): void {
    numbers.forEach((number, i) => this.add(number, values.subarray(i * dimension, (i + 1) * dimension)));
  }
}

class Search {
  readonly #people: { probes: Int32Array; gallery: Int32Array };
  readonly #place = new Map<number, { probe: boolean; number: number }>();
  readonly #lists: Best[];
  readonly #probes: Slab;
  /** Until the last probe has come. */
  #gallery: Slab;
  #probesLeft: number;
  #galleryDone = 0;

  constructor(probes: ListedPeople, gallery: ListedPeople, enrolled: ReadonlySet<number>) {
    this.#people = { probes: probes.people, gallery: gallery.people };
    probes.rows.forEach((row, number) => this.#place.set(row, { probe: true, number }));
    gallery.rows.forEach((row, number) => this.#place.set(row, { probe: false, number }));
    this.#lists = Array.from(probes.people, (person) => new Best(enrolled.has(person)));
    this.#probes = new Slab(probes.rows.length);
    this.#gallery = new Slab(gallery.rows.length);
    this.#probesLeft = probes.rows.length;
  }

  take({ values, dimension, keys }: EmbeddingRows): SearchStanding {
    const [newProbes, newGallery] = [new Slab(keys.length), new Slab(keys.length)];
    keys.forEach(({ index }, i) => {
      const place = this.#place.get(index);
      if (place === undefined)
        throw new RxfaceError(`the embedding of row ${index} came twice, or is of nobody listed`);
      this.#place.delete(index);
      const unit = unitOf(values.subarray(i * dimension, (i + 1) * dimension), index);
      (place.probe ? newProbes : newGallery).add(place.number, unit);
    });
    this.#compare(this.#probes, newGallery, dimension);
    this.#probesLeft -= newProbes.numbers.length;
    this.#galleryDone += newGallery.numbers.length;
    if (this.#probesLeft > 0 || newProbes.numbers.length > 0) this.#gallery.addAll(newGallery, dimension);
    this.#compare(newProbes, this.#gallery, dimension);
    this.#probes.addAll(newProbes, dimension);
    if (this.#probesLeft === 0) this.#gallery = new Slab(0);
    return this.#standing();
  }

  demandAll(): never[] {
    const [first] = this.#place.keys();
    if (first === undefined) return [];
    throw new RxfaceError(`${this.#place.size} embeddings are missing, the first is that of row ${first}`);
  }

  #compare(probes: Slab, gallery: Slab, dimension: number): void {
    if (probes.numbers.length === 0 || gallery.numbers.length === 0) return;
    const best = probes.numbers.map((number) => this.#lists[number]!);
    eachLargeProduct(
      { values: probes.values, dimension },
      { values: gallery.values, dimension },
      (row) => best[row]!.least,
      (row, other, product) => {
        const candidate = gallery.numbers[other]!;
        const person = this.#people.probes[probes.numbers[row]!];
        if (best[row]!.wants(product, candidate)) best[row]!.add(product, candidate, this.#people.gallery[candidate] === person); // prettier-ignore
      },
    );
  }

  #standing(): SearchStanding {
    const seen = this.#probes.numbers.filter((number) => this.#lists[number]!.mated);
    return {
      probes: seen.length,
      gallery: this.#galleryDone,
      hits: (k) => seen.filter((number) => this.#lists[number]!.rank <= k).length,
      identified: () => {
        const listed = seen.toSorted((a, b) => a - b);
        const ranks = listed.map((number) => this.#lists[number]!.rank);
        const people = listed.map((number) => this.#people.probes[number]!);
        return { ranks, people, probes: seen.length, deepest: MOST_RANKS };
      },
    };
  }
}

/** The gallery images most like a probe, best first. */
class Best {
  /** Whether the gallery has a mate of it. */
  readonly mated: boolean;
  readonly #first: { score: number; number: number; mate: boolean }[] = [];

  constructor(mated: boolean) {
    this.mated = mated;
  }

  /** A lower score is not wanted. */
  get least(): number {
    return this.mated ? (this.#first[MOST_RANKS - 1]?.score ?? -Infinity) : Infinity;
  }

  wants(score: number, number: number): boolean {
    const last = this.#first[MOST_RANKS - 1];
    return this.mated && (last === undefined || score > last.score || (score === last.score && number > last.number));
  }

  add(score: number, number: number, mate: boolean): void {
    let at = this.#first.length;
    const before = (one: { score: number; number: number }): boolean =>
      one.score < score || (one.score === score && one.number < number);
    while (at > 0 && before(this.#first[at - 1]!)) at--;
    this.#first.splice(at, 0, { score, number, mate });
    if (this.#first.length > MOST_RANKS) this.#first.pop();
  }

  /** Of the best mate; Infinity where none is kept. */
  get rank(): number {
    const at = this.#first.findIndex(({ mate }) => mate);
    return at < 0 ? Infinity : at + 1;
  }
}

function unitOf(values: EmbeddingRows['values'], row: number): Float64Array {
  const length = norm(values);
  if (!(length > 0 && length < Infinity)) throw new RxfaceError(`the embedding of row ${row} has length ${length}`);
  const unit = new Float64Array(values.length);
  for (let d = 0; d < unit.length; d++) unit[d] = values[d]! / length;
  return unit;
}
