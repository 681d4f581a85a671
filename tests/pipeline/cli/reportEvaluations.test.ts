import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { reportCommand } from '../../../pipeline/cli/report.ts';
import { folder } from '../../fixtures/archives.ts';
import { commandLine } from '../../fixtures/commandLine.ts';
import { drawnEvaluations } from '../../fixtures/evaluations.ts';

const here = folder(true);
const at = (name: string): string => join(here, name);

beforeAll(async () => {
  for (const [i, record] of (await drawnEvaluations()).entries())
    writeFileSync(at(`${i}.json`), JSON.stringify(record));
});

it('sets models side by side, protocol by protocol', async () => {
  const args = ['report', 'evaluations', at('0.json'), at('1.json'), at('2.json'), '--out', at('all.html'), '--json'];
  const { code, out } = await commandLine(reportCommand, ...args);
  expect([code, JSON.parse(out[0]!)]).toEqual([0, { report: at('all.html'), evaluations: 3 }]);
  const html = readFileSync(at('all.html'), 'utf8');
  expect(html).toContain('<th>figure</th><th>&lt;strong&gt;.onnx</th><th>weak.onnx</th>');
  expect([...html.matchAll(/<h2>([^<]+)/g)].map(([, title]) => title)).toEqual(['lfw', 'Curves', 'Scores', 'Quality', 'Hardest pairs: &lt;strong&gt;.onnx', 'tinyface', 'Curves']); // prettier-ignore
  expect(html.match(/<td>accuracy by folds<\/td>(<td>\d+\.\d\d ± \d\.\d\d % \[\d+\.\d\d, \d+\.\d\d\]<\/td>){2}/)).not.toBeNull(); // prettier-ignore
  expect(html).not.toMatch(/<script|https?:\/\/(?!www\.w3\.org\/2000\/svg)|<strong>|NaN|undefined/);
});

it('takes an option that stands before its name too', async () => {
  const args = ['report', '--json', 'evaluations', at('0.json'), '--out', at('one.html')];
  const { code, out } = await commandLine(reportCommand, ...args);
  expect([code, out]).toEqual([0, [JSON.stringify({ report: at('one.html'), evaluations: 1 })]]);
});

it('names what is no evaluation, and a report without a name', async () => {
  writeFileSync(at('other.json'), '{"format": "else"}');
  for (const name of ['other.json', 'all.html']) {
    const { code, err } = await commandLine(reportCommand, 'report', 'evaluations', at(name), '--out', at('x.html'));
    expect([code, err[0]]).toEqual([1, expect.stringContaining(`${name}: expected an evaluation as evaluate --report writes it`)]); // prettier-ignore
  }
  const { code, err } = await commandLine(reportCommand, 'report', 'evaluations', at('0.json'), '--out', at('x.pdf'));
  expect([code, err[0]]).toEqual([2, expect.stringContaining("--out must be the name of an .html file, received '")]);
});
