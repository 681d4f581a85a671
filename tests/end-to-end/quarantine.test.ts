import { readFileSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, expect, it, vi } from 'vitest';
import { startEngine } from '../../pipeline/engine/load.ts';
import { injectWriteFault } from '../../pipeline/files/write.ts';
import { readConfig } from '../../pipeline/recipes/config.ts';
import { train } from '../../pipeline/recipes/train.ts';
import { tinyTraining } from '../fixtures/tinyTraining.ts';

const SETS = ['train.epochs=2', 'evaluate=[]', 'checkpoint={everySteps: 2}', 'schedule.warmupSteps=1'];
const BROKEN = ['Person_1/Person_1_0003.png', 'Person_3/Person_3_0006.png'];

function failAt(step: number): void {
  injectWriteFault((operation, path) => {
    if (operation === 'write' && path.includes(`step-0000000${step}`) && path.endsWith('model.safetensors'))
      throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
  });
}
const list = (run: string): string => readFileSync(join(run, 'quarantine.jsonl'), 'utf8');
const model = (run: string): Buffer => readFileSync(join(run, 'checkpoints', 'step-00000008', 'model.safetensors'));

beforeAll(async () => {
  vi.stubEnv('RXFACE_ENGINE', 'cpu');
  await startEngine();
});
afterEach(() => injectWriteFault(undefined));

it('lists what was broken and what took its place, once each however often it was interrupted', async () => {
  const { root: other, config: broken } = await tinyTraining();
  for (const image of BROKEN) truncateSync(join(other, 'faces', image), 60);
  const given = (...sets: string[]) => readConfig(broken, [`data.root=${other}`, 'train.threads=0', ...SETS, ...sets]);
  const [whole, cut] = [join(other, 'whole'), join(other, 'cut')];
  const { faults } = await train({ config: await given(), run: whole });
  const lines = list(whole).trim().split('\n').map((line) => JSON.parse(line) as Record<string, unknown>); // prettier-ignore
  expect([faults >= 4, lines.length]).toEqual([true, faults]);
  expect(new Set(lines.map(({ file }) => file))).toEqual(new Set(BROKEN.map((name) => join(other, 'faces', name))));
  expect(lines[0]).toMatchObject({ stage: 'prepare', epoch: 0, position: expect.any(Number), substitute: expect.any(Number) }); // prettier-ignore
  for (const step of [4, 8]) {
    failAt(step);
    const options = { config: await given(), run: cut, resume: step > 4 };
    await expect(train(options)).rejects.toThrow(/the disk is full$/);
  }
  injectWriteFault(undefined);
  await train({ config: await given(), run: cut, resume: true });
  expect(list(cut)).toBe(list(whole));
  expect(model(cut).equals(model(whole))).toBe(true);
  const strict = await given('data.faults={count: 0, rate: 0}');
  await expect(train({ config: strict, run: join(other, 'strict') })).rejects.toThrow(
    /^stage 'prepare': 1 of \d+ records could not be used, over the budget of 0 and 0 %/,
  );
});
