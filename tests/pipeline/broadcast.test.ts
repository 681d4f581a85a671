import { map, take } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { graph } from '../../pipeline/graph.ts';
import { run } from '../../pipeline/run.ts';
import { collect, listSource } from '../contracts/doubles.ts';

const numbers = Array.from({ length: 30 }, (_, i) => i);
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('broadcast', () => {
  it('gives every item to every sink, and the slowest rules', async () => {
    const source = listSource(numbers);
    const slow = collect<number>(turn);
    let ahead = 0;
    const fast = collect<number>((_, n) => void (ahead = Math.max(ahead, n - slow.items.length)));
    await run(graph('g').source('n', source, { capacity: 4 }).sink('slow', slow).sink('fast', fast));
    expect(slow.items).toEqual(numbers);
    expect(fast.items).toEqual(numbers);
    // One in the link of the slow branch, one being written.
    expect(ahead).toBeLessThanOrEqual(2);
  });

  it('runs branches with stages of their own', async () => {
    const [squares, all] = [collect<number>(), collect<number>()];
    const flow = graph('g')
      .source('n', listSource(numbers))
      .broadcast({
        squares: (b) => b.pipe('square', map((x: number) => x * x)).sink('squares', squares), // prettier-ignore
        all: (b) => b.sink('all', all),
      });
    await run(flow);
    expect(squares.items).toEqual(numbers.map((x) => x * x));
    expect(all.items).toEqual(numbers);
  });

  it('goes on with the others when a branch has enough, and ends its source when all have', async () => {
    const [few, all] = [collect<number>(), collect<number>()];
    const source = listSource(numbers);
    await run(
      graph('g').source('n', source).broadcast({
        few: (b) => b.pipe('three', take(3)).sink('few', few),
        all: (b) => b.sink('all', all),
      }),
    ); // prettier-ignore
    expect(few.items).toEqual([0, 1, 2]);
    expect(all.items).toEqual(numbers);
    const endless = listSource(numbers);
    await run(
      graph('g').source('n', endless, { epochs: Infinity }).broadcast({
        two: (b) => b.pipe('two', take(2)).sink('a', collect()),
        five: (b) => b.pipe('five', take(5)).sink('b', collect()),
      }),
    ); // prettier-ignore
    expect(endless.closed).toBe(1);
  });
});
