import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { graphCommand } from '../../../pipeline/cli/graph.ts';
import type { RunMetrics } from '../../../pipeline/metrics.ts';
import { readConfig } from '../../../pipeline/recipes/config.ts';
import { folder } from '../../fixtures/archives.ts';
import { commandLine } from '../../fixtures/commandLine.ts';

const CONFIG = 'pipeline/recipes/adaface-r50-ms1mv2.yaml';
const rxface = (...args: string[]) => commandLine(graphCommand, 'graph', ...args);

const METRICS: RunMetrics = {
  at: 0,
  graph: 'train',
  outcome: null,
  seconds: 20,
  limiting: 'step',
  faults: 2,
  nodes: [
    { name: 'faces', kind: 'source', items: 4000, discarded: 0, seconds: { busy: 1, starved: 0, blocked: 19 }, link: { capacity: 64, held: 32, peak: 64 } },
    { name: 'step', kind: 'stage', items: 30, discarded: 0, seconds: { busy: 18, starved: 2, blocked: 0 } },
  ],
}; // prettier-ignore

async function run(lines: readonly unknown[]): Promise<string> {
  const at = `${folder()}/run`;
  mkdirSync(at);
  writeFileSync(`${at}/config.json`, JSON.stringify(await readConfig(CONFIG)));
  if (lines.length > 0) writeFileSync(`${at}/metrics.jsonl`, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  return at;
}

it('prints the graph of a config as Mermaid; no data is looked for', async () => {
  const { code, out } = await rxface(CONFIG, '--set', 'train.batch=32', '--set', 'data.root=/nowhere');
  expect(code).toBe(0);
  expect(out.slice(0, 4)).toEqual(['---', 'title: train', '---', 'flowchart LR']);
  expect(out).toContain('  n1["prepare"]');
  expect(out).toContain('  n1 -->|"Sample x 96"| n2');
});

it('draws a run with how it went last', async () => {
  const svg = `${folder()}/graph.svg`;
  const at = await run([{ ...METRICS, seconds: 10 }, METRICS]);
  expect((await rxface(at, '--svg', svg)).code).toBe(0);
  const picture = readFileSync(svg, 'utf8');
  expect(picture).toMatch(/train: at most \d+ items in flight, running after 20\.0 s, 2 broken records</);
  expect(picture).toContain('>30 items, 1.5 a second</text>');
  expect(picture).toContain('>at work 90 %, limits the rate</text>');
  const { out } = await rxface(at);
  expect(out).toContain('  n0(["faces<br>4,000 items, 200 a second<br>at work 5 %"])');
});

it('prints one JSON object, for a run that has not told yet as well', async () => {
  const { out, code } = await rxface(await run([]), '--json');
  expect(code).toBe(0);
  expect(JSON.parse(out[0]!)).toMatchObject({ graph: 'train', metrics: null, svg: null });
});

it('refuses other values for a run, and what is no config', async () => {
  const refused = await rxface(await run([]), '--set', 'train.batch=2');
  expect([refused.code, refused.err[0]]).toEqual([2, "rxface: graph: --set must be left out for a run, which has its config, received 'train.batch=2'"]); // prettier-ignore
  expect((await rxface('nothing.yaml')).code).toBe(1);
});
