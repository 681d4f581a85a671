import fc from 'fast-check';
import { from, lastValueFrom, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { closedSetRanks, within } from '../../../operators/evaluate/identify.ts';
import { searchGallery, type ListedPeople, type SearchStanding } from '../../../operators/evaluate/searchGallery.ts';
import type { EmbeddingRows } from '../../../pipeline/items.ts';

const list = (rows: number[], people: number[]): ListedPeople => ({ rows: Int32Array.from(rows), people: Int32Array.from(people) }); // prettier-ignore
/** Row r is drawn at this angle in degrees. */
const ANGLES = [0, 40, 10, 50, 10, 200];
const block = (...rows: number[]): EmbeddingRows => ({
  values: Float64Array.from(rows.flatMap((row) => [Math.cos((ANGLES[row]! * Math.PI) / 180), Math.sin((ANGLES[row]! * Math.PI) / 180)])), // prettier-ignore
  dimension: 2,
  keys: rows.map((index) => ({ index })),
});
const probes = list([0, 1, 5], [7, 8, 9]);
/** Two distractors: row 2 is nearer to probe 0 than its mate, row 4 a copy of it. */
const gallery = list([3, 2, 4], [8, -100, -100]);
const standings = (...blocks: EmbeddingRows[]): Promise<SearchStanding[]> =>
  lastValueFrom(from(blocks).pipe(searchGallery(probes, gallery), toArray()));

describe('searchGallery', () => {
  it('counts the probes of whom a mate is among the first so many, as the gallery grows', async () => {
    const seen: number[][] = [];
    from([block(0), block(1), block(3), block(5, 2), block(4)])
      .pipe(searchGallery(probes, list([3, 2, 4], [7, 8, -100])))
      .subscribe(({ probes: some, gallery: known, hits: of }) => seen.push([some, known, of(1), of(2), of(3)]));
    // Of probe 0 the mate is row 3, then behind row 2 and behind row 4; of probe 1 it is row 2 behind row 3, then behind its copy too.
    expect(seen).toEqual([[1, 0, 0, 0, 0], [2, 0, 0, 0, 0], [2, 1, 1, 1, 1], [2, 2, 0, 2, 2], [2, 3, 0, 0, 2]]); // prettier-ignore
  });

  it('agrees with ranks over whole tables, in any order of arrival, copies and strangers included', async () => {
    const person = fc.integer({ min: 0, max: 5 });
    const vector = fc.tuple(fc.integer({ min: -2, max: 2 }), fc.integer({ min: 1, max: 2 }));
    const faces = fc.array(fc.tuple(person, vector, fc.nat()), { minLength: 1, maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(faces, faces, fc.integer({ min: 1, max: 9 }), async (some, others, size) => {
        const all = [...some, ...others];
        const people = (from: readonly (typeof some)[number][]): number[] => from.map(([who]) => who);
        const table = (part: readonly (typeof some)[number][]) => ({
          values: Float64Array.from(
            part.flatMap(([, [x, y]]) => [x, y].map((value) => value / Math.sqrt(x * x + y * y))),
          ),
          dimension: 2,
          people: Int32Array.from(people(part)),
        });
        const ranks = closedSetRanks(table(some), table(others));
        const first = list([...some.keys()], people(some));
        const second = list([...others.keys()].map((i) => some.length + i), people(others)); // prettier-ignore
        if (ranks.length === 0) return void expect(() => searchGallery(first, second)).toThrow('has a mate');
        const order = [...all.keys()].toSorted((a, b) => all[a]![2] - all[b]![2]);
        const blocks = Array.from({ length: Math.ceil(order.length / size) }, (_, k): EmbeddingRows => {
          const rows = order.slice(k * size, (k + 1) * size);
          return { values: Float64Array.from(rows.flatMap((row) => all[row]![1])), dimension: 2, keys: rows.map((index) => ({ index })) }; // prettier-ignore
        });
        const last = await lastValueFrom(from(blocks).pipe(searchGallery(first, second)));
        expect([last.probes, last.gallery]).toEqual([ranks.length, others.length]);
        expect([1, 5, 20].map((k) => last.hits(k))).toEqual(within(ranks, [1, 5, 20]));
        const mated = people(some).filter((who) => people(others).includes(who));
        const kept = ranks.map((rank) => (rank > 20 ? Infinity : rank));
        expect(last.identified()).toEqual({ ranks: kept, people: mated, probes: ranks.length, deepest: 20 });
      }),
    );
  });

  it('knows no rank behind the twentieth', async () => {
    const near = Array.from({ length: 20 }, (_, i) => 2 + i);
    const crowd = list([1, ...near], [7, ...near.map(() => -100)]);
    const rows = (...of: number[]): EmbeddingRows => ({
      values: Float64Array.from(of.flatMap((row) => (row === 1 ? [0, 1] : [1, 0]))),
      dimension: 2,
      keys: of.map((index) => ({ index })),
    });
    const seen: number[] = [];
    from([rows(0, 1), rows(...near.slice(0, 19)), rows(near[19]!)])
      .pipe(searchGallery(list([0], [7]), crowd))
      .subscribe((standing) => seen.push(standing.identified().ranks[0]!));
    expect(seen).toEqual([1, 20, Infinity]);
  });

  it('begins anew with each subscription', async () => {
    const stage = searchGallery(probes, gallery);
    for (let i = 0; i < 2; i++) {
      const last = await lastValueFrom(from([block(0, 1, 2, 3, 4, 5)]).pipe(stage));
      expect([last.probes, last.hits(1)]).toEqual([1, 1]);
    }
  });

  it('refuses rows twice, of nobody and missing, and embeddings without direction', async () => {
    await expect(standings(block(0), block(0))).rejects.toThrow('the embedding of row 0 came twice');
    await expect(standings({ ...block(0), keys: [{ index: 9 }] })).rejects.toThrow('row 9 came twice, or is of nobody');
    await expect(standings(block(0, 1, 2))).rejects.toThrow('3 embeddings are missing, the first is that of row 5');
    await expect(standings({ ...block(0), values: Float32Array.of(0, 0) })).rejects.toThrow('row 0 has length 0');
    expect(() => searchGallery(list([0], [1]), gallery)).toThrow('none of the 1 probes has a mate in the gallery');
  });
});
