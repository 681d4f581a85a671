import { concat, EMPTY, from, lastValueFrom, NEVER, of, Subject, throwError } from 'rxjs';
import { expect, it } from 'vitest';
import { falseMatches } from '../../../operators/evaluate/falseMatches.ts';
import type { Embeddings } from '../../../pipeline/items.ts';
import { wave } from '../../contracts/numbers.ts';

const D = 3;
const embeddings = (ids: string[], values: Float32Array, labels = ids.map(() => -1)): Embeddings => ({
  epoch: 0,
  values,
  dimension: D,
  labels: Int32Array.from(labels),
  ids,
  keys: ids.map((_, index) => ({ epoch: 0, position: index, index })),
});
const groupOf = (id: string): string | undefined => (id.startsWith('?') ? undefined : id[0]);
/** Thirty of group a, near each other, and forty of b; two of nobody's. */
const ids = Array.from({ length: 72 }, (_, i) => (i < 30 ? `a${i}` : i < 70 ? `b${i}` : `?${i}`));
const values = wave(72 * D, 0.61).map((x, i) => (i < 30 * D && i % D === 0 ? x + 2 : x));
const whole = embeddings(ids, values);

it('counts, at the threshold that all pairs set, who is matched within each group', async () => {
  const found = await lastValueFrom(from([whole]).pipe(falseMatches({ groupOf, far: 0.05 })));
  const unit = ids.map((_, i) => {
    const row = values.subarray(i * D, (i + 1) * D);
    return row.map((x) => x / Math.hypot(...row));
  });
  const distances = (keep: (a: string, b: string) => boolean): number[] =>
    ids.flatMap((a, i) =>
      ids.slice(0, i).flatMap((b, j) =>
        keep(a, b) && !a.startsWith('?') && !b.startsWith('?') ? [unit[i]!.reduce((s, x, d) => s + (x - unit[j]![d]!) ** 2, 0)] : [],
      ),
    ); // prettier-ignore
  const all = distances(() => true).toSorted((x, y) => x - y);
  expect([found.pairs, found.leftOut]).toEqual([(70 * 69) / 2, 2]);
  expect(found.threshold).toBeCloseTo(all[Math.floor(0.05 * all.length)]!, 5);
  expect(found.far).toBeLessThanOrEqual(0.05);
  expect(found.far).toBeGreaterThan(0.045);
  for (const [k, name] of ['a', 'b'].entries()) {
    const own = distances((x, y) => x[0] === name && y[0] === name);
    const fmr = own.filter((d) => d < found.threshold - 1e-6).length / own.length;
    expect(found.groups[k]).toMatchObject({ name, faces: [30, 40][k], pairs: own.length });
    expect(found.groups[k]!.fmr).toBeCloseTo(fmr, 2);
  }
  const { far, fmr } = found.curve;
  expect([far[0]! * found.pairs, far.at(-1)]).toEqual([expect.toSatisfy((n: number) => n >= 1 && n < 2), 1]);
  for (const [k, rates] of fmr.entries()) {
    expect(rates).toEqual(rates.toSorted((x, y) => x - y));
    expect(rates.at(-1)).toBe(1);
    // Between the points around what was asked for lies what the group has there.
    const after = far.findIndex((share) => share > 0.05);
    expect(rates[after - 1]).toBeLessThanOrEqual(found.groups[k]!.fmr);
    expect(rates[after]).toBeGreaterThanOrEqual(found.groups[k]!.fmr);
  }
  expect(found.groups[0]!.fmr).toBeGreaterThan(3 * found.groups[1]!.fmr);
  expect(found.bias.ratio).toBeCloseTo(found.groups[0]!.fmr / found.groups[1]!.fmr, 9);
});

it('pairs nobody with himself', async () => {
  const labels = ids.map((_, i) => (i < 30 ? 4 : -1));
  const people = ids.map((id, i) => (i < 10 ? `b${i}` : id));
  const same = await lastValueFrom(from([embeddings(people, values, labels)]).pipe(falseMatches({ groupOf }))).catch((error: Error) => error.message); // prettier-ignore
  // Group a is one person twenty times: it has no pairs left.
  expect(same).toBe('false matches are compared over groups: 1 have pairs');
});

it('refuses what cannot be compared', async () => {
  expect(() => falseMatches({ groupOf, far: 1 })).toThrow('falseMatches: far must be above 0 and below 1, received 1');
  const zero = embeddings(['a1', 'b1'], new Float32Array(6));
  await expect(lastValueFrom(from([zero]).pipe(falseMatches({ groupOf })))).rejects.toThrow(
    "the embedding of 'a1' has length 0",
  );
});

const cut = (begin: number, end: number): Embeddings => embeddings(ids.slice(begin, end), values.slice(begin * D, end * D)); // prettier-ignore

it('says nothing before the end, and starts anew with each subscription', async () => {
  const stage = falseMatches({ groupOf });
  const seen: unknown[] = [];
  const source = new Subject<Embeddings>();
  stage(source).subscribe((found) => seen.push(found));
  source.next(cut(0, 40));
  source.next(cut(40, 72));
  expect(seen).toEqual([]);
  source.complete();
  expect(seen).toEqual([await lastValueFrom(from([whole]).pipe(stage))]);
});

it('hands errors on, says so of nothing, and leaves when told', async () => {
  const failing = concat(
    of(whole),
    throwError(() => new Error('lost')),
  );
  await expect(lastValueFrom(failing.pipe(falseMatches({ groupOf })))).rejects.toThrow('lost');
  await expect(lastValueFrom(EMPTY.pipe(falseMatches({ groupOf })))).rejects.toThrow('0 have pairs');
  const seen: unknown[] = [];
  const subscription = concat(of(whole), NEVER)
    .pipe(falseMatches({ groupOf }))
    .subscribe((found) => seen.push(found));
  subscription.unsubscribe();
  expect(seen).toEqual([]);
});
