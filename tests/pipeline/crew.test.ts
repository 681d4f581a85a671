import { from, lastValueFrom, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { type Crew, type CrewStage, unbounded } from '../../pipeline/crew.ts';
import { graph } from '../../pipeline/graph.ts';
import { run } from '../../pipeline/run.ts';
import { collect, listSource } from '../contracts/doubles.ts';

const numbers = Array.from({ length: 37 }, (_, i) => i);
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function stage(crew: Crew<number, number>): CrewStage<number, number> {
  const label = { in: 'n', out: 'n', keeps: 'order', asks: 1, gives: 1, holds: 0 };
  return Object.assign(
    unbounded<number, number>('crew', () => crew),
    { label, crew: () => crew },
  );
}

describe('crew', () => {
  it('is given whole chunks while it is busy, and what is left at the end', async () => {
    const chunks: number[][] = [];
    const work = async (items: number[]) => (chunks.push(items), await turn(), { items });
    const sink = collect<number>();
    const crew = stage({ chunk: 8, slots: 2, ordered: true, work });
    await run(graph('g').source('n', listSource(numbers)).pipe('crew', crew, { capacity: 64 }).sink('out', sink));
    expect(chunks.map((chunk) => chunk.length)).toEqual([8, 8, 8, 8, 5]);
    expect(sink.items).toEqual(numbers);
  });

  it('is given less where the links hold less', async () => {
    const sizes: number[] = [];
    const work = async (items: number[]) => (sizes.push(items.length), await turn(), { items });
    const sink = collect<number>();
    const crew = stage({ chunk: 8, slots: Infinity, ordered: true, work });
    const flow = graph('g').source('n', listSource(numbers), { capacity: 3 }).pipe('crew', crew, { capacity: 5 });
    await run(flow.sink('out', sink));
    expect(sink.items).toEqual(numbers);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(3);
  });

  it('keeps room for all that is under way', async () => {
    let under = 0;
    let peak = 0;
    const sink = collect<number>(turn);
    const work = async (items: number[]) => {
      under += items.length;
      peak = Math.max(peak, under - sink.items.length);
      for (let i = 0; i < items[0]! % 5; i++) await turn();
      return { items };
    };
    const crew = stage({ chunk: 2, slots: Infinity, ordered: true, work });
    await run(graph('g').source('n', listSource(numbers)).pipe('crew', crew, { capacity: 9 }).sink('out', sink));
    // In the link or under way 9, one being written, one done and not yet counted.
    expect(peak).toBeLessThanOrEqual(11);
  });

  it('names the chunk that failed, and is closed', async () => {
    let closed = 0;
    const crew = stage({
      chunk: 4, slots: 1, ordered: true,
      work: async (items) => {
        if (items.includes(9)) throw new Error('nine');
        return { items };
      },
      close: async () => void closed++,
    }); // prettier-ignore
    const flow = graph('g').source('n', listSource(numbers)).pipe('crew', crew).sink('out', collect());
    await expect(run(flow)).rejects.toThrow("stage 'crew' at item 8 or the 3 after it: nine");
    expect(closed).toBeGreaterThan(0);
  });

  it('reports faults when their chunk is given, in order', async () => {
    const work = async (items: number[]) => {
      for (let i = 0; i < 5 - (items[0]! % 5); i++) await turn();
      return { items, faults: items.map((x, at) => ({ at, fault: { stage: 'crew', file: `${x}`, reason: 'odd' } })) };
    };
    const crew = stage({ chunk: 1, slots: 4, ordered: true, work });
    const flow = graph('g').source('n', listSource(numbers)).pipe('crew', crew).sink('out', collect());
    const { faults } = await run(flow, { faults: { count: 100 } });
    expect(faults.list.map((fault) => Number(fault.file))).toEqual(numbers);
  });

  const odd = (items: number[]) => ({
    items,
    faults: items.flatMap((x, at) => (x % 4 === 3 ? [{ at, fault: { stage: 'crew', file: `${x}`, reason: 'odd' } }] : [])),
  }); // prettier-ignore

  it('measures faults by the items given, however far others are', async () => {
    for (const [capacity, chunk] of [[2, 1], [64, 8], [37, 37]] as const) {
      const crew = stage({ chunk, slots: 2, ordered: true, work: async (items) => (await turn(), odd(items)) });
      const flow = graph('g').source('n', listSource(numbers), { capacity }).pipe('crew', crew, { capacity: 64 });
      await expect(run(flow.sink('out', collect()), { faults: { count: 2, rate: 0.1 } })).rejects.toThrow('3 of 12 records'); // prettier-ignore
    } // prettier-ignore
  });

  it('fails in a plain pipe with what a fault says', async () => {
    const plain = from(numbers).pipe(stage({ chunk: 8, slots: 1, ordered: true, work: odd }), toArray());
    await expect(lastValueFrom(plain)).rejects.toThrow("stage 'crew': 3: odd");
  });
});
