import { graph, parallel, run, type Sink } from 'rxface';
import { concatMap, from, lastValueFrom, mergeMap, tap } from 'rxjs';
import { expect, it } from 'vitest';
import { listSource } from '../contracts/doubles.ts';

const ITEMS = 20_000;
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const numbers = Array.from({ length: ITEMS }, (_, i) => i);
const work = async (x: number): Promise<number> => {
  await undefined;
  return 2 * x;
};

/** How many items were on their way, at most. */
function watch(): { peak: number; done: number; produced(count: number): void } {
  let given = 0;
  const watched = {
    peak: 0,
    done: 0,
    produced(count: number) {
      given += count;
      watched.peak = Math.max(watched.peak, given - watched.done);
    },
  };
  return watched;
}

it.each([
  { links: {}, sink: 'default links' },
  { links: { capacity: 1 }, sink: 'links of one' },
  { links: { capacity: 256 }, sink: 'links of 256' },
])('keeps 20,000 items of a fast source within the bound before a slow sink: $sink', async ({ links }) => {
  const flight = watch();
  const source = listSource(numbers);
  const read = source.read!.bind(source);
  source.read = (at) => {
    flight.produced(at.length);
    return read(at);
  };
  let sum = 0;
  const slow: Sink<number> = {
    open: async () => {},
    write: async (x) => {
      await turn();
      sum += x;
      flight.done++;
    },
    close: async () => {},
  };
  const flow = graph('backpressure')
    .source('numbers', source, links)
    .pipe('work', parallel(work, { concurrency: 4 }), links)
    .sink('slow', slow);
  await run(flow);
  expect(sum).toBe(ITEMS * (ITEMS - 1));
  expect(flight.done).toBe(ITEMS);
  expect(flight.peak).toBeLessThanOrEqual(flow.bound());
  // Not by being idle: what may be in flight is used.
  expect(flight.peak).toBeGreaterThan(flow.bound() / 2);
});

it('which stock RxJS does not: nearly all of them are in flight there', async () => {
  const flight = watch();
  const stock = from(numbers).pipe(
    tap(() => flight.produced(1)),
    mergeMap(work, 4),
    concatMap(async () => {
      await turn();
      flight.done++;
    }),
  );
  await lastValueFrom(stock);
  expect(flight.peak).toBeGreaterThan(0.95 * ITEMS);
});
