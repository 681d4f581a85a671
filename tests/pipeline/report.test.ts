import { map } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { graph } from '../../pipeline/graph.ts';
import { parallel } from '../../pipeline/parallel.ts';
import type { RunReport } from '../../pipeline/report.ts';
import { run } from '../../pipeline/run.ts';
import { collect, listSource } from '../contracts/doubles.ts';

const numbers = Array.from({ length: 40 }, (_, i) => i);
const rest = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));
const spend = (milliseconds: number): void => {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
};

interface Slow {
  source?: () => Promise<void> | void;
  stage?: () => void;
  calls?: () => Promise<void>;
  sink?: () => Promise<void> | void;
}

function course({ source, stage, calls, sink }: Slow): Promise<RunReport> {
  const flow = graph('g')
    .source('source', listSource(numbers, { ...(source && { before: source }) }), { chunk: 4, capacity: 8 })
    .pipe('stage', map((x: number) => (stage?.(), x)), { capacity: 4 })
    .pipe('calls', parallel((x: number) => (calls === undefined ? x : calls().then(() => x)), { concurrency: 2 }), { capacity: 4 })
    .sink('sink', collect<number>(sink)); // prettier-ignore
  return run(flow);
}

describe('the report of a run', () => {
  it.each<[string, string, Slow]>([
    ['source', 'a source that waits', { source: () => rest(5) }],
    ['source', 'a source that computes', { source: () => spend(5) }],
    ['stage', 'a stage that computes', { stage: () => spend(1) }],
    ['calls', 'calls that wait', { calls: () => rest(3) }],
    ['sink', 'a sink that waits', { sink: () => rest(1.5) }],
    ['sink', 'a sink that computes', { sink: () => spend(1) }],
    ['sink', 'a sink slower than a slow source', { source: () => rest(2), sink: () => rest(3) }],
    ['stage', 'a stage beside which a sink writes', { stage: () => spend(4), sink: () => rest(3) }],
    ['stage', 'a stage beside which a source reads', { stage: () => spend(4), source: () => rest(6) }],
    ['source', 'a source slower than slow calls', { source: () => rest(20), calls: () => rest(3) }],
  ])('names the %s as limiting for %s', async (limiting, _, slow) => {
    const report = await course(slow);
    expect(report.limiting).toBe(limiting);
  });

  it('says how full links were', async () => {
    const { nodes } = await course({ sink: () => rest(0.5) });
    expect(nodes.map(({ name, link }) => [name, link])).toEqual([
      ['source', { capacity: 8, held: 0, peak: 8 }],
      ['stage', { capacity: 4, held: 0, peak: 4 }],
      ['calls', { capacity: 4, held: 0, peak: 4 }],
      ['sink', undefined],
    ]);
  });

  it('knows links that only bytes bound', async () => {
    const flow = graph('g').source('n', listSource(numbers), { capacity: Infinity, chunk: 40 }).sink('out', collect());
    expect((await run(flow)).nodes[0]!.link).toEqual({ capacity: null, held: 0, peak: 40 });
  });
});
