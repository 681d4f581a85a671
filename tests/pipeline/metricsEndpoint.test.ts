import { expect, it } from 'vitest';
import { graph } from '../../pipeline/graph.ts';
import { openMetrics } from '../../pipeline/metricsEndpoint.ts';
import type { RunReport } from '../../pipeline/report.ts';
import { run } from '../../pipeline/run.ts';
import { collect, listSource } from '../contracts/doubles.ts';

const report = await run(
  graph('small')
    .source('numbers', listSource([1, 2, 3]))
    .sink('out', collect()),
);

it('answers on loopback what it was told last, and nothing else', async () => {
  const metrics = await openMetrics(0);
  expect(metrics.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/metrics$/);
  const tell: (report: RunReport) => void = metrics.tell;
  tell({ ...report, graph: 'earlier' });
  tell(report);
  const answer = await fetch(metrics.url);
  expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  expect(await answer.text()).toContain('rxface_items_total{graph="small",node="out",kind="sink"} 3\n');
  expect((await fetch(metrics.url.replace('/metrics', '/'))).status).toBe(404);
  expect((await fetch(metrics.url, { method: 'POST' })).status).toBe(404);
  await metrics.close();
  await expect(fetch(metrics.url)).rejects.toThrow();
});

it('says that a port is taken, or none', async () => {
  const one = await openMetrics(0);
  const port = Number(new URL(one.url).port);
  await expect(openMetrics(port)).rejects.toThrow(`port must be free, another program listens there, received ${port}`);
  await one.close();
  await (await openMetrics(port)).close();
  await expect(openMetrics(65536)).rejects.toThrow('a whole number in [0, 65535], received 65536');
});
