import { map, take } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { graph } from '../../pipeline/graph.ts';
import { parallel } from '../../pipeline/parallel.ts';
import { run } from '../../pipeline/run.ts';
import { collect, listSource } from '../contracts/doubles.ts';

const numbers = Array.from({ length: 30 }, (_, i) => i);
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const source = (name: string, items: readonly number[], capacity = 4) =>
  graph(name).source(name, listSource(items), { capacity });

describe('join', () => {
  it('gives each left item with the next n right ones', async () => {
    const sink = collect<[number, number[]]>();
    const right = source('right', numbers, 1);
    await run(source('left', [100, 200, 300]).join('triples', right, { take: 3 }).sink('out', sink));
    expect(sink.items).toEqual([
      [100, [0, 1, 2]],
      [200, [3, 4, 5]],
      [300, [6, 7, 8]],
    ]);
  });

  it('ends with the side that ends first, cancels the other, and says what it dropped', async () => {
    const endless = listSource(numbers);
    const sink = collect<[number, number[]]>();
    const pool = graph('pool').source('pool', endless, { epochs: Infinity, capacity: 4 });
    const { nodes } = await run(source('left', numbers).join('with pool', pool, { take: 2 }).sink('out', sink));
    expect(sink.items.map(([left]) => left)).toEqual(numbers);
    expect(endless.closed).toBe(1);
    // Whatever the pool gave was used or is told of.
    const [given, joined] = ['pool', 'with pool'].map((name) => nodes.find((node) => node.name === name)!);
    expect(joined!.discarded).toBe(given!.items - 2 * numbers.length);

    const few = collect<[number, number[]]>();
    const short = await run(
      source('left', numbers)
        .join('j', source('right', [1, 2, 3, 4, 5]), { take: 2 })
        .sink('out', few),
    );
    expect(few.items).toEqual([
      [0, [1, 2]],
      [1, [3, 4]],
    ]);
    expect(short.nodes.find(({ name }) => name === 'j')!.discarded).toBeGreaterThanOrEqual(1);
  });

  it('holds a fast right side back behind a slow left one, and stays within its bound', async () => {
    const pool = listSource(numbers);
    let [peak, used] = [0, 0];
    const sink = collect<[number, number[]]>(() => void (used += 3));
    const left = source('left', numbers, 2).pipe('slow', parallel((x: number) => turn().then(() => x), { concurrency: 1 }), { capacity: 1 }); // prettier-ignore
    const watched = map((x: number) => ((peak = Math.max(peak, pool.given - used)), x));
    const right = graph('pool')
      .source('pool', pool, { capacity: 4, epochs: 9 })
      .pipe('watched', watched, { capacity: 2 });
    const flow = left.join('j', right, { take: 3, capacity: 2 }).sink('out', sink);
    await run(flow);
    // Left 2 + 1, right 4 + 2, 3 gathered, 2 pairs of 1 + 3 in the link and one at the sink.
    expect(flow.bound()).toBe(2 + 1 + 4 + 2 + 3 + 2 * 4 + 4);
    expect(peak).toBeLessThanOrEqual(flow.bound());
  });

  it('joins a flow with a later point of itself', async () => {
    const faces = source('faces', numbers);
    const squares = faces.pipe('square', map((x: number) => x * x), { label: { keeps: 'order, count' } }); // prettier-ignore
    const sink = collect<[number, number[]]>();
    await run(faces.join('both', squares, { take: 1 }).sink('out', sink));
    expect(sink.items).toEqual(numbers.map((x) => [x, [x * x]]));
  });

  it('ends early when what follows has enough, and takes nothing more', async () => {
    const [left, right] = [listSource(numbers), listSource(numbers)];
    const sink = collect<[number, number[]]>();
    await run(
      graph('g')
        .source('left', left, { epochs: Infinity })
        .join('j', graph('r').source('right', right, { epochs: Infinity }), { take: 2 })
        .pipe('two', take(2))
        .sink('out', sink),
    );
    expect(sink.items).toHaveLength(2);
    expect([left.closed, right.closed]).toEqual([1, 1]);
  });

  it('keeps to the bytes its link may hold', async () => {
    const bytes = listSource([new Uint8Array(60), new Uint8Array(60)]);
    let most = 0;
    const sink = collect<[Uint8Array, Uint8Array[]]>(() => turn());
    const { nodes } = await run(
      graph('g')
        .source('left', bytes)
        .join('j', graph('r').source('right', listSource([new Uint8Array(60), new Uint8Array(60)])), {
          take: 1,
          bytes: 100,
          capacity: 8,
        }) // prettier-ignore
        .pipe(
          'count',
          map((pair) => (most++, pair)),
        ) // prettier-ignore
        .sink('out', sink),
    );
    expect([most, nodes.find(({ name }) => name === 'j')!.items]).toEqual([2, 2]);
  });
});
