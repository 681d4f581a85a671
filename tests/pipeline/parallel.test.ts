import { describe, expect, it } from 'vitest';
import type { StageContext } from '../../pipeline/contracts.ts';
import { graph } from '../../pipeline/graph.ts';
import { parallel } from '../../pipeline/parallel.ts';
import { run } from '../../pipeline/run.ts';
import { collect, listSource } from '../contracts/doubles.ts';
import { stageContract } from '../contracts/stage.ts';

const numbers = Array.from({ length: 40 }, (_, i) => i);
const turns = async (n: number): Promise<void> => {
  for (let i = 0; i < n; i++) await new Promise((resolve) => setImmediate(resolve));
};

describe('parallel', () => {
  for (const check of stageContract({
    stage: () => parallel(async (x: number) => (await turns(3 - x), x * x), { concurrency: 2 }),
    inputs: [1, 2, 3],
    outputs: [1, 4, 9],
    single: [1],
  }))
    it(check.name, check.run);

  for (const check of stageContract({
    stage: () => parallel((x: number) => x + 1, { concurrency: 3, ordered: false }),
    inputs: [1, 2, 3],
    outputs: [2, 3, 4],
    single: [2],
  }))
    it(`at once: ${check.name}`, check.run);

  it('reports faults in the order of the items, whichever call finds one first', async () => {
    const fn = async (x: number, context: StageContext): Promise<number> => {
      await turns(4 - (x % 4));
      context.fault({ stage: context.stage, file: `${x}`, reason: 'odd' });
      return x;
    };
    const flow = graph('g')
      .source('n', listSource(numbers))
      .pipe('p', parallel(fn, { concurrency: 4 }));
    const { faults } = await run(flow.sink('out', collect()), { faults: { count: 100 } });
    expect(faults.list.map(({ file }) => Number(file))).toEqual(numbers);
  });

  it('never has more under way than it may, nor than there is room for', async () => {
    for (const [concurrency, capacity, most] of [
      [3, 16, 3],
      [8, 5, 5],
    ] as const) {
      // prettier-ignore
      let under = 0;
      let peak = 0;
      const fn = async (x: number): Promise<number> => {
        peak = Math.max(peak, ++under);
        await turns(x % 4);
        under--;
        return x;
      };
      const sink = collect<number>(() => turns(1));
      const flow = graph('g').source('n', listSource(numbers)).pipe('p', parallel(fn, { concurrency }), { capacity });
      await run(flow.sink('out', sink));
      expect(sink.items).toEqual(numbers);
      expect(peak).toBe(most);
    }
  });

  it('gives results as they are ready where order is not asked for', async () => {
    const sink = collect<number>();
    const fn = async (x: number): Promise<number> => (await turns(x === 0 ? 20 : 0), x);
    await run(graph('g').source('n', listSource(numbers)).pipe('p', parallel(fn, { concurrency: 4, ordered: false })).sink('out', sink)); // prettier-ignore
    expect(sink.items.indexOf(0)).toBeGreaterThan(5);
    expect(sink.items.toSorted((a, b) => a - b)).toEqual(numbers);
  });

  it('names the item that failed, and waits for the others before the run ends', async () => {
    let under = 0;
    const fn = async (x: number, { signal }: { signal: AbortSignal }): Promise<number> => {
      under++;
      if (x === 5) throw new Error('five');
      await turns(signal.aborted ? 0 : 6);
      under--;
      return x;
    };
    const flow = graph('g')
      .source('n', listSource(numbers))
      .pipe('p', parallel(fn, { concurrency: 4 }));
    await expect(run(flow.sink('out', collect()))).rejects.toThrow("stage 'p' at item 5: five");
    expect(under).toBe(1);
    const thrown = parallel((): number => { throw new Error('at once'); }, { concurrency: 1 }); // prettier-ignore
    await expect(run(graph('g').source('n', listSource(numbers)).pipe('p', thrown).sink('o', collect()))).rejects.toThrow("stage 'p' at item 0: at once"); // prettier-ignore
  });

  it('checks its options when the graph is wired', async () => {
    const source = listSource(numbers);
    const flow = graph('g')
      .source('n', source)
      .pipe(
        'p',
        parallel((x: number) => x, { concurrency: 0 }),
      );
    await expect(run(flow.sink('out', collect()))).rejects.toThrow('p: concurrency must be 1 or more, received 0');
    expect(source.opened).toBe(0);
  });
});
