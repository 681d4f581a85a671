import { readFileSync } from 'node:fs';
import { afterEach, expect, it, vi } from 'vitest';
import type { RunMetrics, RunReport } from '../../../pipeline/index.ts';
import { trainingMetrics } from '../../../pipeline/recipes/trainingMetrics.ts';
import { folder } from '../../fixtures/archives.ts';

const report = (seconds: number, outcome?: RunReport['outcome']): RunReport => ({
  graph: 'train',
  outcome,
  seconds,
  limiting: 'step',
  faults: { count: 0, list: [] },
  nodes: [],
});
const lines = (file: string): RunMetrics[] =>
  readFileSync(file, 'utf8').trimEnd().split('\n').map((line) => JSON.parse(line) as RunMetrics); // prettier-ignore

afterEach(() => vi.restoreAllMocks());

it('writes a line every five seconds and one at the end, behind those of before', async () => {
  let now = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => now);
  const file = `${folder()}/metrics.jsonl`;
  for (const begun of [0, 100]) {
    const metrics = await trainingMetrics(file, { say: () => expect.fail() });
    for (let second = 1; second <= 12; second++) {
      now += 1000;
      metrics.progressed(report(begun + second));
    }
    metrics.ran(report(begun + 13, { kind: 'complete' }));
    await metrics.close();
  }
  expect(lines(file).map(({ seconds, outcome }) => [seconds, outcome])).toEqual([
    [5, null], [10, null], [13, 'complete'], [105, null], [110, null], [113, 'complete'],
  ]); // prettier-ignore
});

it('opens an endpoint where a port is given, and closes it', async () => {
  const said: string[] = [];
  const metrics = await trainingMetrics(`${folder()}/metrics.jsonl`, { port: 0, say: (line) => said.push(line) });
  const url = said[0]!.replace('metrics: ', '');
  metrics.progressed(report(4.5));
  expect(await (await fetch(url)).text()).toContain('rxface_run_seconds{graph="train"} 4.5');
  await metrics.close();
  await expect(fetch(url)).rejects.toThrow();
});

it('leaves no endpoint behind where the file cannot be written', async () => {
  const said: string[] = [];
  const failed = trainingMetrics(`${folder()}/no/metrics.jsonl`, { port: 0, say: (line) => said.push(line) });
  await expect(failed).rejects.toThrow('metrics.jsonl: there is no such file or folder');
  await expect(fetch(said[0]!.replace('metrics: ', ''))).rejects.toThrow();
});
