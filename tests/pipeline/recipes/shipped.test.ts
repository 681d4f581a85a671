import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readConfig } from '../../../pipeline/recipes/config.ts';
import { evaluationName } from '../../../pipeline/recipes/evaluationName.ts';
import { readSweep } from '../../../pipeline/recipes/sweepConfig.ts';
import { differences } from '../../../pipeline/recipes/config.ts';

const FOLDER = 'pipeline/recipes';
const files = readdirSync(FOLDER).filter((name) => name.endsWith('.yaml'));
const isSweep = (name: string): boolean => /^variants:/m.test(readFileSync(join(FOLDER, name), 'utf8'));

it.each(files.filter((name) => !isSweep(name)))('%s is a config', async (name) => {
  const config = await readConfig(join(FOLDER, name));
  expect(config.data.sources.length).toBeGreaterThan(0);
});

it('the ablation is ten variants times three seeds, alike but for head and meta set', async () => {
  const { variants, runs, groups } = await readSweep(join(FOLDER, 'celeba-ablation.yaml'), [], 'out');
  expect([variants.length, runs.length]).toEqual([10, 30]);
  expect(groups).toMatchObject({ column: 'race', far: 1e-3 });
  const all = runs.at(-1)!.config;
  for (const { config } of runs) expect(differences(config, all, ['head', 'meta', 'train.seed'])).toEqual([]);
  expect(runs.map(({ config }) => config.train.seed).slice(9, 11)).toEqual([1, 2]);
  expect(all.evaluate.map(({ protocol, ...variant }) => evaluationName(protocol, variant))).toEqual([
    'lfw', 'lfw-oc29', 'lfw-blur7', 'lfw-24px', 'cfp-ff-folds5to10', 'cfp-fp-folds5to10',
  ]); // prettier-ignore
  expect(all.meta!.lambda).toEqual({ ethnicity: 1, pose: 1, blur: 1, occlusion: 1 });
  const single = runs.find(({ variant }) => variant === 'MvCoM pose')!.config.meta!.lambda;
  expect(single).toEqual({ ethnicity: 0, pose: 1, blur: 0, occlusion: 0 });
});

it('pre-training and fine-tuning know the same people', async () => {
  const [before, after] = await Promise.all(['celeba-bollywood', 'celeba-mvcom'].map((name) => readConfig(join(FOLDER, `${name}.yaml`)))); // prettier-ignore
  const people = before!.data.sources.map(({ path, drop }) => ({ path, drop }));
  expect(after!.data.sources.map(({ path, drop }) => ({ path, drop }))).toEqual(people);
  expect(differences(before!.model, after!.model)).toEqual([]);
});
