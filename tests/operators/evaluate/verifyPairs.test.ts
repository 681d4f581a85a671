import { EMPTY, NEVER, Subject, concat, from, lastValueFrom, of, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { verifyPairs } from '../../../operators/evaluate/verifyPairs.ts';
import type { Embeddings } from '../../../pipeline/items.ts';

const protocol = {
  name: 'tiny',
  folds: 2,
  pairs: [
    { a: 'ann/1', b: 'ann/2', same: true },
    { a: 'ann/1', b: 'bob/1', same: false },
    { a: 'bob/1', b: 'bob/1', same: true },
  ],
};

const embeddings = (rows: Record<string, number[]>): Embeddings => {
  const ids = Object.keys(rows);
  return {
    epoch: 0,
    values: Float32Array.from(Object.values(rows).flat()),
    dimension: Object.values(rows)[0]!.length,
    labels: new Int32Array(ids.length),
    ids,
    keys: ids.map((_, index) => ({ epoch: 0, position: index, index })),
  };
};

describe('verifyPairs', () => {
  const first = embeddings({ 'bob/1.jpg': [0, 5], 'eve/1.jpg': [7, 7] });
  const second = embeddings({ 'ann/2.jpg': [0.6, 0.8], 'ann/1.jpg': [3, 0] });

  it('compares unit embeddings, in any order of arrival, in the order of the pairs', async () => {
    for (const order of [
      [first, second],
      [second, first],
    ]) {
      const scores = await lastValueFrom(from(order).pipe(verifyPairs(protocol)));
      expect(scores).toMatchObject({ protocol: 'tiny', folds: 2, same: Uint8Array.of(1, 0, 1) });
      expect(scores.distances[0]).toBeCloseTo(0.8, 6);
      expect([...scores.distances.subarray(1)]).toEqual([2, 0]);
      expect([...scores.people!]).toEqual([0, 0, 0, 1, 1, 1]);
      expect([...scores.norms!]).toEqual([3, 1, 3, 5, 5, 5]);
    }
  });

  it('says nothing before the end, and starts anew with each subscription', async () => {
    const stage = verifyPairs(protocol);
    const seen: unknown[] = [];
    const source = new Subject<Embeddings>();
    stage(source).subscribe((scores) => seen.push(scores));
    source.next(first);
    source.next(second);
    expect(seen).toHaveLength(0);
    source.complete();
    expect(seen).toHaveLength(1);
    await expect(lastValueFrom(from([first, second]).pipe(stage))).resolves.toBeDefined();
  });

  it('names what is missing', async () => {
    await expect(lastValueFrom(of(first).pipe(verifyPairs(protocol)))).rejects.toThrow(
      "protocol 'tiny': 2 of its 3 images are missing, the first is 'ann/1'",
    );
    await expect(lastValueFrom(EMPTY.pipe(verifyPairs(protocol)))).rejects.toThrow('3 of its 3 images are missing');
  });

  it('refuses an image that comes twice and an embedding without direction', async () => {
    await expect(lastValueFrom(of(first, first).pipe(verifyPairs(protocol)))).rejects.toThrow("'bob/1.jpg' came twice");
    for (const [value, length] of [
      [0, '0'],
      [Number.NaN, 'NaN'],
      [Infinity, 'Infinity'],
    ] as const) {
      const broken = of(embeddings({ 'ann/1.jpg': [value, 0] }));
      await expect(lastValueFrom(broken.pipe(verifyPairs(protocol)))).rejects.toThrow(
        `the embedding of 'ann/1.jpg' has length ${length}`,
      );
    }
  });

  it('hands errors on, waits for ever for a source that never ends, and leaves when told', async () => {
    const failing = concat(
      of(first),
      throwError(() => new Error('lost')),
    );
    await expect(lastValueFrom(failing.pipe(verifyPairs(protocol)))).rejects.toThrow('lost');
    const seen: unknown[] = [];
    const subscription = concat(of(first, second), NEVER)
      .pipe(verifyPairs(protocol))
      .subscribe((scores) => seen.push(scores));
    subscription.unsubscribe();
    expect(seen).toEqual([]);
  });
});
