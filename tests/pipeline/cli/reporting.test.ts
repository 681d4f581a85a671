import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { evaluateCommand } from '../../../pipeline/cli/evaluate.ts';
import { folder, put } from '../../fixtures/archives.ts';
import { commandLine } from '../../fixtures/commandLine.ts';
import { drawnGalleries, drawnIjb, drawnPairs, drawnTinyFace, npyOf } from '../../fixtures/protocols.ts';

interface Shown {
  html: string;
  record: { protocol: string; figures: { name: string; value: number; interval?: [number, number] }[] };
  json: Record<string, Record<string, number>>;
}

/** Runs an evaluation with a report. */
async function shown(here: string, ...args: string[]): Promise<Shown> {
  const report = join(here, 'report.html');
  const { code, out, err } = await commandLine(evaluateCommand, 'evaluate', ...args, '--report', report, '--json');
  expect([code, err.at(-1)]).toEqual([0, `rxface: report in ${report}, what it shows in ${here}/report.json`]);
  const record = JSON.parse(readFileSync(join(here, 'report.json'), 'utf8')) as Shown['record'];
  const html = readFileSync(report, 'utf8');
  // Else it is the page that stands there meanwhile.
  expect(html).not.toContain('http-equiv="refresh"');
  return { html, record, json: JSON.parse(out[0]!) as Shown['json'] };
}

const valueOf = ({ record }: Shown, name: string): number =>
  record.figures.find((figure) => figure.name === name)!.value;
const titles = ({ html }: Shown): string[] => [...html.matchAll(/aria-label="([^"]+)"/g)].map(([, title]) => title!);

it('reports IJB 1:1 with the curve of its trials', async () => {
  const here = folder();
  const { files, faces } = drawnIjb();
  put(here, { ...files, 'e.npy': npyOf(faces) });
  const found = await shown(here, 'ijb', '--meta', here, '--subset', 'ijbc', '--embeddings', join(here, 'e.npy'));
  expect(titles(found)).toEqual(['ROC', 'DET', 'Scores']);
  expect(valueOf(found, 'TAR at FAR 1e-2')).toBe(found.json['tar']!['1e-2']);
  expect(found.html).toContain('159 genuine and 11,029 impostor trials of 150 templates, 510 images');
  expect(found.html).toContain('<dt>feature norm kept</dt><dd>yes</dd>');
});

it('reports 1:N in both modes and TinyFace with CMC, whose ranks are those of the figures', async () => {
  const here = folder();
  const { files, faces } = drawnIjb('ijbb');
  const tiny = drawnTinyFace();
  const { galleries, probes } = drawnGalleries(false);
  put(here, { ...files, 'S1.csv': galleries[0]!, 'S2.csv': galleries[1]!, 'probe.csv': probes, 'e.npy': npyOf(faces) });
  put(here, { 'names.txt': tiny.names, 't.npy': npyOf(tiny.faces) });
  const lists = ['--gallery', join(here, 'S1.csv'), join(here, 'S2.csv'), '--probe', join(here, 'probe.csv')];
  const files1n = ['ijb-1n', '--meta', here, '--subset', 'ijbb', '--embeddings', join(here, 'e.npy'), ...lists];
  const corrected = await shown(here, ...files1n);
  expect(titles(corrected)).toEqual(['CMC']);
  for (const rank of ['1', '5', '10']) expect(valueOf(corrected, `rank ${rank}`)).toBeCloseTo(corrected.json['rank']![rank]!, 12); // prettier-ignore
  expect(valueOf(corrected, 'TPIR at FPIR 0.1')).toBe(corrected.json['tpir']!['0.1']);
  const tinyFace = await shown(
    here,
    'tinyface',
    '--names',
    join(here, 'names.txt'),
    '--embeddings',
    join(here, 't.npy'),
  );
  for (const rank of ['1', '5', '20']) expect(valueOf(tinyFace, `rank ${rank}`)).toBeCloseTo(tinyFace.json['rank']![rank]!, 12); // prettier-ignore
  expect(tinyFace.record.protocol).toBe('tinyface');
});

it('reports pairs, drawn by themselves where nobody says whose they are, and refuses other names', async () => {
  const here = folder();
  const { same, faces } = drawnPairs();
  put(here, { 'e.npy': npyOf(faces), 'same.txt': same.map(Number).join('\n') });
  const args = ['pairs', '--embeddings', join(here, 'e.npy'), '--issame', join(here, 'same.txt')];
  const found = await shown(here, ...args);
  expect(titles(found)).toEqual(['ROC', 'DET', 'Scores', expect.stringContaining('Error versus reject at FMR')]);
  expect(valueOf(found, 'accuracy by folds')).toBe(found.json['accuracy']!['mean']);
  expect(found.html).toContain('(bootstrap over pairs)');
  const refused = await commandLine(evaluateCommand, 'evaluate', ...args, '--report', join(here, 'report'));
  expect([refused.code, refused.err[0]]).toEqual([2, expect.stringContaining('--report must be the name of an .html file')]); // prettier-ignore
});
