import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { evaluateCommand } from '../../../pipeline/cli/evaluate.ts';
import { reportCommand } from '../../../pipeline/cli/report.ts';
import { drawnFaces } from '../../../sources/drawnFaces.ts';
import { folder, put } from '../../fixtures/archives.ts';
import { commandLine, type Ended } from '../../fixtures/commandLine.ts';
import { pairBinOf } from '../../fixtures/pairBin.ts';

const rxface = (...args: string[]): Promise<Ended> => commandLine(evaluateCommand, 'evaluate', 'rfw', ...args);
const MODEL = ['--model', 'untrained:ir10', '--threads', '1'];

it('scores each group by itself and says how unequal they are, from lists as from packed pairs', async () => {
  const here = folder();
  const faces = drawnFaces({ people: 8, perPerson: 2, seed: 4 });
  const images = new Map<string, Uint8Array>();
  for await (const chunk of faces)
    for (const { label, index, bytes } of chunk) images.set(`m.${label}/m.${label}_000${1 + (index % 2)}.jpg`, bytes!);
  await faces.close();
  put(here, Object.fromEntries([...images].map(([name, bytes]) => [`data/${name}`, bytes])));
  // Each group has four people, ten pairs of a kind.
  const lines = (first: number): string[] =>
    Array.from({ length: 20 }, (_, i) => {
      const [a, b] = [first + (i % 4), first + ((i + 1 + (i % 3)) % 4)];
      return i % 2 === 0 ? `m.${a}\t1\t2` : `m.${a}\t1\tm.${b}\t2`;
    });
  const packed = (of: string[]): Uint8Array => {
    const fields = of.map((line) => line.split('\t'));
    const image = (name: string, n: string): Uint8Array => images.get(`${name}/${name}_000${n}.jpg`)!;
    return pairBinOf(
      fields.flatMap(([a, i, b, j]) => (j === undefined ? [image(a!, i!), image(a!, b!)] : [image(a!, i!), image(b!, j)])), // prettier-ignore
      fields.map(({ length }) => length === 3),
    );
  };
  for (const [name, first] of [
    ['African', 0],
    ['Asian', 4],
  ] as const)
    // prettier-ignore
    put(here, { [`${name}_pairs.txt`]: lines(first).join('\n'), [`${name}_test.bin`]: packed(lines(first)) });
  const texts = [`${here}/African_pairs.txt`, `${here}/Asian_pairs.txt`];
  const { code, out } = await rxface(...texts, '--data', `${here}/data`, ...MODEL, '--json');
  expect(code).toBe(0);
  const found = JSON.parse(out[0]!) as { groups: { name: string; accuracy: { mean: number }; pairs: number }[]; bias: object }; // prettier-ignore
  expect(found.groups.map(({ name, pairs }) => [name, pairs])).toEqual([['African', 20], ['Asian', 20]]); // prettier-ignore
  const errors = found.groups.map(({ accuracy }) => 1 - accuracy.mean);
  expect(found.bias).toMatchObject({
    mean: expect.closeTo((errors[0]! + errors[1]!) / 2, 12),
    std: expect.closeTo(Math.abs(errors[0]! - errors[1]!) / 2, 12),
  });
  const bins = await rxface(`${here}/African_test.bin`, `${here}/Asian_test.bin`, ...MODEL);
  const percent = (100 * found.groups[0]!.accuracy.mean).toFixed(2);
  expect(bins.out[0]).toMatch(new RegExp(`^African +${percent} % \\+- [\\d.]+, 20 pairs$`));
  expect(bins.out[2]).toMatch(/^all +[\d.]+ %, bias [\d.]+, largest error over smallest /);
  const report = `${here}/rfw.html`;
  expect((await rxface(...texts, '--data', `${here}/data`, ...MODEL, '--report', report)).code).toBe(0);
  const records = JSON.parse(readFileSync(`${here}/rfw.json`, 'utf8')) as { protocol: string; figures: { name: string; value: number }[]; hardest?: object[] }[]; // prettier-ignore
  expect(records.map(({ protocol, hardest = [] }) => [protocol, hardest.length])).toEqual([['rfw', 0], ['rfw African', 16], ['rfw Asian', 16]]); // prettier-ignore
  expect(records[0]!.figures[0]).toMatchObject({ value: expect.closeTo(1 - (errors[0]! + errors[1]!) / 2, 12) });
  const both = await commandLine(reportCommand, 'report', 'evaluations', `${here}/rfw.json`, '--out', report, '--json');
  expect(JSON.parse(both.out[0]!)).toEqual({ report, evaluations: 3 });
  expect(readFileSync(report, 'utf8')).not.toMatch(/NaN|undefined|Infinity/);
  for (const [args, message] of [
    [[texts[0]!], 'evaluate rfw: lists must be two or more, each named for its group'],
    [texts, 'evaluate rfw: --data must be given: '],
  ] as const) {
    const wrong = await rxface(...args, ...MODEL);
    expect([wrong.code, wrong.err.at(-1)]).toEqual([2, expect.stringContaining(message)]);
  }
});
