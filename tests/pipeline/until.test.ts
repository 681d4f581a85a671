import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { graph } from '../../pipeline/graph.ts';
import { run } from '../../pipeline/run.ts';
import { until } from '../../pipeline/until.ts';
import { collect, listSource } from '../contracts/doubles.ts';
import { marbles } from '../contracts/marbles.ts';
import { stageContract } from '../contracts/stage.ts';

const numbers = Array.from({ length: 500 }, (_, i) => i);

describe('until', () => {
  const cases = { stage: () => until<number>(new AbortController().signal), inputs: [1, 2], outputs: [1, 2], single: [1] }; // prettier-ignore
  for (const { name, run: check } of stageContract(cases)) it(name, check);

  it('completes when its signal is aborted', () =>
    marbles(({ cold, expectObservable }) => {
      const abort = new AbortController();
      cold('----x').subscribe(() => abort.abort());
      expectObservable(cold('-a-b-c-d|').pipe(until(abort.signal))).toBe('-a-b|');
      expectObservable(cold('-a-b-c-d|').pipe(until(AbortSignal.abort()))).toBe('|');
    }));

  it('ends one flow of a graph: the other gets everything, and the run completes', async () => {
    const abort = new AbortController();
    const some = collect<number>((n) => (n === 9 ? abort.abort() : undefined));
    const all = collect<number>();
    const flow = graph('g').source('n', listSource(numbers)).broadcast({
      some: (branch) => branch.pipe('some', until(abort.signal), { capacity: 1 }).sink('first', some),
      all: (branch) => branch.sink('second', all),
    }); // prettier-ignore
    const { outcome } = await run(flow);
    expect([outcome, some.end, all.items.length]).toEqual([{ kind: 'complete' }, { kind: 'complete' }, 500]);
    expect(some.items.length).toBeGreaterThanOrEqual(10);
    expect(some.items.length).toBeLessThan(20);
    expect(getEventListeners(abort.signal, 'abort')).toHaveLength(0);
  });

  it('ends a flow that waits for an item, and stops its source', async () => {
    const abort = new AbortController();
    let source = 0;
    const slow = listSource(numbers, { before: () => new Promise((resolve) => setTimeout(resolve, ++source)) });
    const sink = collect<number>();
    setTimeout(() => abort.abort(), 20);
    await run(graph('g').source('n', slow, { chunk: 1 }).pipe('some', until(abort.signal)).sink('out', sink));
    expect(sink.items.length).toBeLessThan(20);
    expect(slow.given).toBeLessThan(25);
  });
});
