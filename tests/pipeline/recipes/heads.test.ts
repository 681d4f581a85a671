import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { memory } from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startEngine } from '../../../pipeline/engine/load.ts';
import { injectWriteFault } from '../../../pipeline/files/write.ts';
import { ConfigError, parseConfig, readConfig } from '../../../pipeline/recipes/config.ts';
import { centresOf, marginOf } from '../../../pipeline/recipes/parts.ts';
import type { Config } from '../../../pipeline/recipes/schema.ts';
import { train } from '../../../pipeline/recipes/train.ts';
import { tinyTraining } from '../../fixtures/tinyTraining.ts';

const headOf = (head: string): Config['head'] =>
  parseConfig(
    'c.yaml',
    `data: { sources: [{ path: faces.tar }] }
model: { name: ir10 }
head: { name: ${head} }
schedule: { name: cosine, lr: 0.1 }
train: { batch: 8, epochs: 2 }
`,
  ).head;

function faultOf(head: string): string {
  try {
    headOf(head);
  } catch (error) {
    if (error instanceof ConfigError) return error.message.replace('c.yaml:3: head.', '');
    throw error;
  }
  return 'none';
}

describe('the head of a config', () => {
  beforeAll(async () => {
    await startEngine();
  });

  it.each([
    ['softmax', 'softmax', 1],
    ['normface', 'normFace', 64],
    ['sphereface', 'sphereFace', 32],
    ['cosface', 'cosFace', 64],
    ['arcface', 'arcFace', 64],
    ['combined', 'combined', 64],
    ['mvsoftmax', 'mvSoftmax', 32],
    ['curricularface', 'curricularFace', 64],
    ['magface', 'magFace', 64],
    ['adaface', 'adaFace', 64],
  ])('%s is a margin with the defaults of its release', (name, margin, s) => {
    expect(marginOf(headOf(name))).toMatchObject({ name: margin, scale: s });
  });

  it.each([
    ['classvolume', 'classVolume', 64],
    ['ldam', 'ldam', 30],
    ['class-balanced, m: 0.35', 'cosFace', 64],
    ['class-balanced, over: ldam, s: 30, from: 3', 'ldam', 30],
  ])('%s goes by the images of each person', (name, margin, s) => {
    expect(marginOf(headOf(name), [3, 500])).toMatchObject({ name: margin, scale: s });
    expect(() => marginOf(headOf(name))).toThrow(/counts must be whole numbers of at least 1, one a class/);
  });

  it('is filtered where it says so, whichever it is', () => {
    expect(marginOf(headOf('arcface')).needs).toBe('target');
    expect(marginOf(headOf('arcface, filter: 0.4'))).toMatchObject({ name: 'arcFace', needs: 'all' });
    expect(faultOf('softmax, filter: 0.4')).toBe('filter is no known key; known here: name, sample');
    expect(faultOf('arcface, filter: 0')).toBe('filter must be a number above 0, at most 1, received 0');
  });

  it.each(['softmax', 'curricularface', 'adaface, filter: 0.4'])(
    'may let a sample of the centres take part: %s',
    (name) => {
      const size = { dimension: 4, classes: 10 };
      const sampled = centresOf(headOf(`${name}, sample: 0.3`), size);
      expect(sampled).toMatchObject({ rate: 0.3, classes: 10 });
      const all = centresOf(headOf(name), size);
      expect(all).not.toHaveProperty('rate');
      for (const centres of [sampled, all]) centres.dispose();
      expect(faultOf(`${name}, sample: 0`)).toBe('sample must be a number above 0, at most 1, received 0');
    },
  );

  it("may ask for SphereFace's margin at once or with the annealing of its first release", () => {
    const state = (head: string) => marginOf(headOf(`sphereface, ${head}`)).state;
    expect(state('annealing: false, m: 1.7, gradient: straightThrough')).toBeUndefined();
    expect(state('annealing: { rate: 0.12, power: 1 }')).toBeDefined();
    expect(headOf('sphereface, annealing: { rate: 0.12 }')).toMatchObject({
      annealing: { start: 1000, rate: 0.12, power: 2, least: 5 },
    });
  });

  it.each([
    ['sphereface, annealing: { rat: 1 }', "annealing.rat is no known key; did you mean 'rate'?"],
    ['sphereface, annealing: { rate: -1 }', 'annealing.rate must be a number of at least 0, received -1'],
    [
      'sphereface, annealing: true',
      'annealing must be false, or a section of start, rate, power and least, numbers of at least 0, received true',
    ],
    ['combined, m1: 0', 'm1 must be a number above 0, at most 5, received 0'],
    ['mvsoftmax, form: ma', "form must be one of am, arc, received 'ma'"],
    [
      'magface, norms: [110, 10]',
      'norms must be two rising numbers from 0.001 to 10000, lengths of embeddings, received [110,10]',
    ],
    ['magface, margins: [0.3]', 'margins must be two rising numbers from 0 to 1.5, margins, received [0.3]'],
  ])('refuses %s', (head, fault) => {
    expect(faultOf(head)).toBe(fault);
  });
});

describe('a training with each head', () => {
  let root: string;
  let config: string;
  const read = (head: string, ...sets: string[]) =>
    readConfig(config, [`data.root=${root}`, 'train.threads=0', 'evaluate=[]', `head={ name: ${head} }`, ...sets]);
  const fileOf = (run: string, name: string): Buffer =>
    readFileSync(join(root, run, 'checkpoints', 'step-00000006', name));

  beforeAll(async () => {
    await startEngine();
    ({ root, config } = await tinyTraining());
  });
  afterEach(() => injectWriteFault(undefined));

  it.each([
    'sphereface, s: 16, m: 2, annealing: { rate: 0.12, power: 1 }',
    'mvsoftmax, s: 16',
    'magface, s: 16, norms: [1, 51], margins: [0.45, 1], lambda: 5',
    'cosface, s: 16, filter: 0.4',
    'cosface, s: 16, sample: 0.5',
    'classvolume, s: 16',
    'class-balanced, over: ldam, s: 16, from: 6',
  ])('lowers the loss: %s', async (head) => {
    const before = memory().numTensors;
    const run = join(root, head.replaceAll(/\W+/g, '-'));
    await train({ config: await read(head, 'checkpoint={}'), run });
    const losses = readFileSync(join(run, 'steps.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { loss: number }).loss);
    expect(losses).toHaveLength(24);
    const sum = (of: number[]): number => of.reduce((a, b) => a + b);
    expect(sum(losses.slice(-6))).toBeLessThan(0.9 * sum(losses.slice(0, 6)));
    expect(memory().numTensors).toBe(before);
  });

  it.each(['sphereface', 'curricularface'])('resumes bit for bit, the state of %s too', async (name) => {
    const sets = ['train.epochs=1', 'checkpoint={ everySteps: 2 }', 'schedule.warmupSteps=1'];
    await train({ config: await read(name, ...sets), run: join(root, `${name}-through`) });
    injectWriteFault((operation, path) => {
      if (operation === 'write' && path.includes('step-00000004')) {
        throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
      }
    });
    const run = join(root, `${name}-resumed`);
    await expect(train({ config: await read(name, ...sets), run })).rejects.toThrow(/the disk is full$/);
    injectWriteFault(undefined);
    await train({ config: await read(name, ...sets), run, resume: true });
    for (const file of ['model.safetensors', 'state.safetensors']) {
      expect(fileOf(`${name}-resumed`, file).equals(fileOf(`${name}-through`, file))).toBe(true);
    }
    const held = { sphereface: 'margin.iteration', curricularface: 'margin.t' }[name]!;
    expect(fileOf(`${name}-through`, 'state.safetensors').includes(held)).toBe(true);
  });
});
