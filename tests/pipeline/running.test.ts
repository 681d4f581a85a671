import { take, tap } from 'rxjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { graph } from '../../pipeline/graph.ts';
import { parallel } from '../../pipeline/parallel.ts';
import { run } from '../../pipeline/run.ts';
import { collect, listSource } from '../contracts/doubles.ts';

describe('a running graph', () => {
  let before: string[];
  beforeAll(() => void (before = process.getActiveResourcesInfo().toSorted()));
  afterAll(() => expect(process.getActiveResourcesInfo().toSorted()).toEqual(before));

  it('holds a fast source back behind a slow sink', async () => {
    let peak = 0;
    let written = 0;
    const source = listSource(Array.from({ length: 5000 }, (_, i) => i));
    const sink = collect<number>(() => {
      peak = Math.max(peak, source.given - written++);
      return new Promise((resolve) => setImmediate(resolve));
    });
    const flow = graph('slow')
      .source('fast', source, { capacity: 16 })
      .pipe(
        'wait',
        parallel(async (x: number) => x, { concurrency: 4 }),
        { capacity: 8 },
      )
      .sink('slow', sink);
    await run(flow);
    expect(sink.items).toEqual(Array.from({ length: 5000 }, (_, i) => i));
    expect(flow.bound()).toBe(16 + 8 + 1);
    expect(peak).toBeLessThanOrEqual(flow.bound());
  });

  it('tells of everything that is dropped when it ends early, so that pools get back what they lent', async () => {
    const numbers = Array.from({ length: 50 }, (_, i) => i);
    for (const how of ['abort', 'fail', 'take'] as const) {
      const lent = new Set<number>();
      const back = (x: number): void => void lent.delete(x);
      const abort = new AbortController();
      const source = listSource(numbers, { before: () => Promise.resolve() });
      const sink = collect<number>((x, n) => {
        back(x);
        if (n === 5 && how === 'abort') abort.abort(new Error('enough'));
        if (n === 5 && how === 'fail') throw new Error('enough');
      });
      const flow = graph('pool')
        .source('numbers', source, { capacity: 8 })
        .pipe(
          'lend',
          tap((x: number) => void lent.add(x)),
          { discard: back },
        ) // prettier-ignore
        .pipe(
          'later',
          parallel(async (x: number) => x, { concurrency: 4 }),
          { capacity: 4, discard: back },
        )
        .pipe('some', how === 'take' ? take(3) : tap(), { discard: back })
        .sink('out', sink);
      await run(flow, { signal: abort.signal }).catch((error: unknown) => expect(String(error)).toContain('enough'));
      expect(source.given).toBeGreaterThan(sink.items.length);
      expect([...lent]).toEqual([]);
    }
  });
});
