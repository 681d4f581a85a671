import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { sweepCommand } from '../../../pipeline/cli/sweep.ts';
import { startEngine } from '../../../pipeline/engine/load.ts';
import type { SweepOutcome } from '../../../pipeline/recipes/sweep.ts';
import { commandLine } from '../../fixtures/commandLine.ts';
import { tinyMeta } from '../../fixtures/tinyMeta.ts';

let root: string;
let file: string;
let folder: string;
const rxface = (...args: string[]) => commandLine(sweepCommand, 'sweep', file, '--run', folder, '--set', `data.root=${root}`, ...args); // prettier-ignore
const table = (): SweepOutcome => JSON.parse(readFileSync(join(folder, 'sweep.json'), 'utf8')) as SweepOutcome;
const states = (): string[] => table().runs.map(({ state }) => state);

beforeAll(async () => {
  await startEngine();
  ({ root } = await tinyMeta());
  folder = join(root, 'sweep');
  file = join(root, 'sweep.yaml');
  write('0.01');
});

function write(lr: string, more = ''): void {
  writeFileSync(
    file,
    `base: meta.yaml
seeds: [3, 4]
variants:
  - { name: CosFace, set: { head: { name: cosface, s: 16 }, meta: null, train.epochs: 1, schedule.lr: ${lr} } }
  - { name: MvCoM pose, set: { meta.lambda: { ethnicity: 0, blur: 0, occlusion: 0 }, train.epochs: 1 } }
${more}`,
  );
}

it('trains what is chosen, goes on with the rest, and makes one table', async () => {
  const part = await rxface('--variant', 'CosFace', '--seed', '3');
  expect(part.code).toBe(0);
  expect(part.out[0]).toBe('| variant | seeds | lfw | residual |');
  expect(part.out.at(-1)).toMatch(/3 of 4 runs are not finished\.$/);
  expect(states()).toEqual(['finished', 'missing', 'missing', 'missing']);
  const first = readFileSync(join(folder, 'CosFace', 'seed-3', 'steps.jsonl'));

  const all = await rxface('--json');
  expect([all.code, all.err.filter((line) => line.includes('failed'))]).toEqual([0, []]);
  const outcome = JSON.parse(all.out.join('')) as SweepOutcome;
  expect(readFileSync(join(folder, 'CosFace', 'seed-3', 'steps.jsonl')).equals(first)).toBe(true);
  expect(outcome).toMatchObject({ evaluations: ['lfw'], failed: [] });
  const [cosFace, mvcom] = outcome.rows;
  expect([cosFace!.seeds, mvcom!.seeds]).toEqual([[3, 4], [3, 4]]); // prettier-ignore
  const { values, mean, deviation } = cosFace!.accuracy['lfw']!;
  expect(mean).toBeCloseTo((values[0]! + values[1]!) / 2, 12);
  expect(deviation).toBeCloseTo(Math.abs(values[0]! - values[1]!) / Math.SQRT2, 12);
  expect(cosFace!.residual).toBeUndefined();
  expect(mvcom!.residual!.mean).toBeGreaterThan(0);
  expect(outcome.runs.map(({ seed }) => seed)).toEqual([3, 3, 4, 4]);

  const said = await rxface('--table');
  expect(said.out[3]).toMatch(/^\| MvCoM pose \| 2 \| [\d.]+ ± [\d.]+ \| 0\.\d{4} ± 0\.\d{4} \|$/);
  expect(readFileSync(join(folder, 'sweep.md'), 'utf8').split('\n').filter((line) => line !== '')).toEqual(said.out); // prettier-ignore
});

it('asks finished runs about groups of people, and says how unequally each variant errs', async () => {
  const steps = (): Buffer => readFileSync(join(folder, 'MvCoM pose', 'seed-4', 'steps.jsonl'));
  const [rows, trained] = [['image,group'], steps()];
  for (let person = 0; person < 4; person++)
    for (let image = 1; image <= 6; image++)
      rows.push(`Person_${person}/Person_${person}_000${image}.png,${'ab'[person % 2]}`);
  writeFileSync(join(root, 'groups.csv'), `${rows.join('\n')}\n`);
  const groups = 'groups: { data: faces, labels: groups.csv, column: group, far: 0.5 }\n';

  write('0.01', groups.replace('groups.csv', 'nothing.csv'));
  expect((await rxface('--seed', '3')).err.join()).toMatch(/CosFace.seed-3 failed: .*nothing\.csv: /);
  write('0.01', groups);
  // Before they are asked the table is as it was.
  expect((await rxface('--table')).out[0]).toBe('| variant | seeds | lfw | residual |');
  expect((await rxface('--seed', '3')).code).toBe(0);
  const { code, out } = await rxface();
  expect(code).toBe(0);
  expect(out[0]).toBe('| variant | seeds | lfw | bias | max/min error | residual |');
  expect(out[2]).toMatch(
    /^\| CosFace \| 2 \| [\d.]+ ± [\d.]+ \| \d+\.\d{3} ± \d+\.\d{3} \| (\d+\.\d\d ± \d+\.\d\d|∞) \|  \|$/,
  );
  expect(out.at(-1)).toContain('Bias: standard deviation of the errors of groups of people (ddof 0), in percent.');
  expect(steps().equals(trained)).toBe(true);
  for (const { variant, seed, bias } of table().runs) {
    const written = JSON.parse(readFileSync(join(folder, variant, `seed-${seed}`, 'groups.json'), 'utf8')) as { groups: { name: string; fmr: number }[] }; // prettier-ignore
    const [a, b] = written.groups.map(({ fmr }) => fmr);
    expect(written.groups.map(({ name }) => name)).toEqual(['a', 'b']);
    expect(bias!.std).toBeCloseTo(Math.abs(a! - b!) / 2, 12);
  }
  const [{ bias }] = table().rows as [SweepOutcome['rows'][number]];
  expect(bias!.std.values).toEqual(
    table()
      .runs.filter(({ variant }) => variant === 'CosFace')
      .map((run) => run.bias!.std),
  );

  // Asked once, until they are asked something else: here two lists of pairs, which are the same one.
  const written = (): number => statSync(join(folder, 'CosFace', 'seed-3', 'groups.json')).mtimeMs;
  const before = written();
  await rxface();
  expect(written()).toBe(before);
  const [, ...lines] = readFileSync(join(root, 'pairs.txt'), 'utf8').trim().split('\n');
  for (const group of ['North', 'South'])
    writeFileSync(join(root, `${group}_pairs.txt`), new Array<string[]>(5).fill(lines).flat().join('\n'));
  write('0.01', 'groups: { lists: [North_pairs.txt, South_pairs.txt], data: faces }\n');
  const pairs = await rxface();
  expect(pairs.out[2]).toContain('| 0.000 ± 0.000 | 1.00 ± 0.00 |');
  write('0.01');
});

it('goes on with the others where a run fails, and says so', async () => {
  write('0.02');
  const { code, err } = await rxface();
  expect(code).toBe(1);
  expect(err.join('\n')).toMatch(
    /CosFace.seed-3 failed: resume: config must be that of .*received 'another schedule\.lr'/,
  );
  expect(existsSync(join(folder, 'MvCoM pose', 'seed-4', 'report.html'))).toBe(true);
  write('0.01');
});

it('says which variant of a sweep is wrong, and what it has not', async () => {
  writeFileSync(
    join(root, 'wrong.yaml'),
    'base: meta.yaml\nvariants: [{ name: a, set: { head.m: 7 } }, { name: a }]\n',
  );
  const wrong = (): ReturnType<typeof rxface> => commandLine(sweepCommand, 'sweep', join(root, 'wrong.yaml'), '--run', folder); // prettier-ignore
  expect((await wrong()).err.join()).toContain('variants.1.name must be a name of its own');
  writeFileSync(join(root, 'wrong.yaml'), 'base: meta.yaml\nvariants: [{ name: a, set: { head.m: 7 } }]\n');
  expect((await wrong()).err.join()).toContain('variant a: --set head.m=7: head.m is no known key');
  writeFileSync(
    join(root, 'wrong.yaml'),
    'base: meta.yaml\nvariants: [{ name: a, set: { evaluate: [], checkpoint: {} } }]\n',
  );
  expect((await wrong()).err.join()).toContain('evaluate must be a list of at least one evaluation');
  writeFileSync(join(root, 'wrong.yaml'), 'base: meta.yaml\nvariants: [{ name: a }]\ngroups: { lists: [one.txt] }\n');
  expect((await wrong()).err.join()).toContain('groups.lists must be at least two lists');
  const stray = await rxface('--variant', 'ArcFace');
  expect([stray.code, stray.err.join()]).toEqual([2, expect.stringContaining("--variant must be one of CosFace, MvCoM pose, received 'ArcFace'")]); // prettier-ignore
});
