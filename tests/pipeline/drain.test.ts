import { expect, it } from 'vitest';
import { graph } from '../../pipeline/graph.ts';
import { run } from '../../pipeline/run.ts';
import { collect, listSource } from '../contracts/doubles.ts';

const numbers = Array.from({ length: 30 }, (_, i) => i);

it('writes in order, one at a time, whether a write takes its time or not', async () => {
  const sink = collect<number>((x) => (x % 3 === 0 ? undefined : new Promise((resolve) => setTimeout(resolve, x % 2))));
  const report = await run(graph('g').source('n', listSource(numbers)).sink('out', sink));
  expect(sink.items).toEqual(numbers);
  expect(sink.writing).toBe(1);
  expect(report.nodes.at(-1)).toMatchObject({ name: 'out', items: 30, discarded: 0 });
});

it('waits for the write under way before the sink is closed', async () => {
  const abort = new AbortController();
  let written = 0;
  const sink = collect<number>(async () => {
    abort.abort(new Error('stop'));
    await new Promise((resolve) => setTimeout(resolve, 5));
    written++;
  });
  const close = sink.close;
  const closed: number[] = [];
  sink.close = (end) => (closed.push(written), close(end));
  const flow = graph('g').source('n', listSource(numbers)).sink('out', sink);
  await expect(run(flow, { signal: abort.signal })).rejects.toThrow('stop');
  expect([closed, sink.items]).toEqual([[1], [0]]);
});
