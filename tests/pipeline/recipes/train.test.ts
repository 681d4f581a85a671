import { copyFileSync, cpSync, existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { memory } from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { startEngine } from '../../../pipeline/engine/load.ts';
import { injectWriteFault } from '../../../pipeline/files/write.ts';
import type { Progress } from '../../../pipeline/progress.ts';
import { readConfig } from '../../../pipeline/recipes/config.ts';
import { train } from '../../../pipeline/recipes/train.ts';
import { tinyTraining } from '../../fixtures/tinyTraining.ts';

let root: string;
let config: string;
const read = (...sets: string[]) => readConfig(config, [`data.root=${root}`, 'train.threads=0', ...sets]);
const SHORT = ['train.epochs=1', 'evaluate=[]', 'checkpoint={everySteps: 2}', 'schedule.warmupSteps=1'];

const checkpoint = (run: string, step: number): string => join(root, run, 'checkpoints', `step-0000000${step}`);
const model = (run: string, step = 6): string => join(checkpoint(run, step), 'model.safetensors');
const same = (a: string, b: string): boolean => readFileSync(a).equals(readFileSync(b));
const linesOf = (run: string, log: string): { epoch: number; step: number }[] =>
  readFileSync(join(root, run, log), 'utf8')
    .trim()
    .split('\n')
    .map((line) => ({ ...JSON.parse(line), time: null }));

function noted(): { progress: Progress; notes: string[] } {
  const notes: string[] = [];
  return { notes, progress: { show() {}, note: (line) => notes.push(line), end() {} } };
}

function failAt(place: string): void {
  injectWriteFault((operation, path) => {
    if (operation === 'write' && path.includes(place) && path.endsWith('model.safetensors'))
      throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
  });
}

beforeAll(async () => {
  vi.stubEnv('RXFACE_ENGINE', 'cpu');
  await startEngine();
  ({ root, config } = await tinyTraining());
});
afterEach(() => injectWriteFault(undefined));

describe('train', () => {
  it('leaves no tensor behind', async () => {
    const before = memory().numTensors;
    const { steps, loss } = await train({ config: await read(...SHORT), run: join(root, 'a') });
    expect(steps).toBe(6);
    expect(loss).toBeGreaterThan(0);
    expect(memory().numTensors).toBe(before);
  });

  it('stops in one line where the disk is full at a checkpoint, and the run goes on once there is room', async () => {
    const run = join(root, 'full');
    failAt('step-00000004');
    const options = { config: await read(...SHORT), run };
    await expect(train(options)).rejects.toThrow(/model\.safetensors: the disk is full$/);
    expect(readdirSync(join(run, 'checkpoints'))).toEqual(['step-00000002']);
    injectWriteFault(undefined);
    await train({ ...options, resume: true });
    expect(same(model('full'), model('a'))).toBe(true);
  });

  it('ended before its first checkpoint, it starts anew in its folder, as it was begun', async () => {
    const run = join(root, 'early');
    failAt('step-00000002');
    const options = { config: await read(...SHORT), run };
    await expect(train(options)).rejects.toThrow(/the disk is full$/);
    injectWriteFault(undefined);
    expect([readdirSync(join(run, 'checkpoints')), linesOf('early', 'steps.jsonl').length > 0]).toEqual([[], true]);
    await expect(train({ ...options, config: await read(...SHORT, 'head.m=0.3'), resume: true })).rejects.toThrow(
      /received 'another head\.m'$/,
    );
    const { notes, progress } = noted();
    await train({ ...options, resume: true, progress });
    expect(notes).toContain(`resume: ${run} has no checkpoint yet: from its start`);
    expect(same(model('early'), model('a'))).toBe(true);
    expect(linesOf('early', 'steps.jsonl')).toEqual(linesOf('a', 'steps.jsonl'));
  });

  it('passes over a damaged checkpoint and takes it away, so that the next one is kept', async () => {
    const sets = [...SHORT, 'checkpoint={everySteps: 2, keep: 1}'];
    const run = join(root, 'damaged');
    failAt('step-00000004');
    await expect(train({ config: await read(...sets), run })).rejects.toThrow(/the disk is full$/);
    injectWriteFault(undefined);
    cpSync(checkpoint('damaged', 2), checkpoint('damaged', 9), { recursive: true });
    writeFileSync(model('damaged', 9), 'damaged');
    await train({ config: await read(...sets), run, resume: true });
    expect(readdirSync(join(run, 'checkpoints'))).toEqual(['step-00000006']);
    expect(same(model('damaged'), model('a'))).toBe(true);
  });

  it('stopped while it is evaluated, it takes no further step, and makes the evaluation up when it goes on', async () => {
    const sets = ['train.epochs=2', 'evaluate.0.every=1'];
    await train({ config: await read(...sets), run: join(root, 'through') });
    const stop = new AbortController();
    const config = await read(...sets);
    const { pairs } = config.evaluate[0]!;
    Object.defineProperty(config.evaluate[0], 'pairs', {
      enumerable: true,
      get() {
        // Once this checkpoint is there, only the evaluation asks.
        if (existsSync(checkpoint('stopped', 6))) stop.abort();
        return pairs;
      },
    });
    const run = join(root, 'stopped');
    expect(await train({ config, run, stop: stop.signal })).toMatchObject({ interrupted: true, steps: 6 });
    expect(existsSync(join(run, 'evaluations.jsonl'))).toBe(false);
    await train({ config: await read(...sets), run, resume: true });
    expect(linesOf('stopped', 'evaluations.jsonl').map(({ epoch }) => epoch)).toEqual([1, 2]);
    for (const log of ['evaluations.jsonl', 'steps.jsonl']) expect(linesOf('stopped', log)).toEqual(linesOf('through', log)); // prettier-ignore
  });

  it('a run that is finished says so and is left as it is, unless a later evaluation is asked for', async () => {
    const { notes, progress } = noted();
    const run = join(root, 'a');
    const left = (): unknown => readdirSync(run, { recursive: true }).map((name) => [name, statSync(join(run, String(name))).mtimeMs]).toSorted(); // prettier-ignore
    const before = left();
    const again = await train({ config: await read(...SHORT), run, resume: true, progress });
    expect(again).toMatchObject({ steps: 6, images: 0, loss: null, evaluations: [], interrupted: false });
    expect(notes).toContain(`resume: ${run} is finished: all 6 steps are done, nothing is left to do`);
    expect(left()).toEqual(before);
    const config = await read(...SHORT.filter((set) => set !== 'evaluate=[]'));
    expect((await train({ config, run, resume: true })).evaluations).toHaveLength(1);
    rmSync(join(run, 'evaluations.jsonl'));
  });

  it('lets one process at a time train in a run folder', async () => {
    const run = join(root, 'held');
    const options = { config: await read(...SHORT), run };
    const first = train(options);
    while (!existsSync(join(run, 'config.json'))) await new Promise((done) => setTimeout(done, 5));
    const refused =
      /^train: --run must be a folder in which no other process trains, received '.*held: process \d+ does'$/;
    await expect(train({ ...options, resume: true })).rejects.toThrow(refused);
    await expect(train(options)).rejects.toThrow(refused);
    await first;
    expect(existsSync(join(run, '.lock'))).toBe(false);
    expect(same(model('held'), model('a'))).toBe(true);
  });

  it('refuses a checkpoint of another format, and leaves it there', async () => {
    const run = join(root, 'newer');
    cpSync(join(root, 'a'), run, { recursive: true });
    const file = join(checkpoint('newer', 6), 'manifest.json');
    writeFileSync(file, readFileSync(file, 'utf8').replace('"format": 1', '"format": 2'));
    await expect(train({ config: await read(...SHORT), run, resume: true })).rejects.toThrow(
      /step-00000006.manifest\.json: expected checkpoint format 1, .*a newer rxface wrote it\), found 2$/,
    );
    expect(readdirSync(join(run, 'checkpoints'))).toContain('step-00000006');
  });

  it('does not go on with another number of images, or with other people', async () => {
    const other = await tinyTraining();
    rmSync(join(other.root, 'faces', 'Person_1', 'Person_1_0006.png'));
    const fewer = await read(...SHORT, `data.root=${other.root}`);
    await expect(train({ config: fewer, run: join(root, 'a'), resume: true })).rejects.toThrow(
      /^resume: data must be the 24 images of .*step-00000006, received '23 images'$/,
    );
    rmSync(join(other.root, 'faces', 'Person_1'), { recursive: true });
    await expect(train({ config: fewer, run: join(root, 'a'), resume: true })).rejects.toThrow(
      /^resume: data must be the 4 people of .*received '3 people/,
    );
  });

  it('decides on the precision where it is left to it, says so, writes it down and stays with it', async () => {
    const places = ['eyeL', 'eyeR', 'nose', 'mouthL', 'mouthR'].flatMap((point) => [`${point}_x`, `${point}_y`]);
    writeFileSync(join(root, 'points.csv'), `image,${places}\nPerson_1/Person_1_0001.png,5,5,10,5,8,8,5,11,10,11\n`);
    const sets = [...SHORT, 'train.precision=auto', 'data.sources.0.points=points.csv'];
    const { notes, progress } = noted();
    await train({ config: await read(...sets), run: join(root, 'auto'), progress });
    expect(notes.slice(0, 2)).toEqual([
      'data: 4 people, 24 images (23 without points are resized), 6 steps an epoch',
      'precision: float32, since bfloat16 needs the native engine',
    ]);
    expect(JSON.parse(readFileSync(join(root, 'auto', 'config.json'), 'utf8'))).toHaveProperty(
      'train.precision',
      'float32',
    );
    await train({ config: await read(...sets), run: join(root, 'auto'), resume: true });
  });

  it('starts from a file that does not say whose centres it has, but not from a network of other pixels', async () => {
    const alone = join(root, 'alone.safetensors');
    copyFileSync(model('a'), alone);
    const init = [...SHORT, `init=${alone}`];
    const { notes, progress } = noted();
    await train({ config: await read(...init), run: join(root, 'init'), progress });
    expect(notes).toContain(
      `init: weights from ${alone}; class centres are drawn anew: the file does not say whose it has`,
    );
    const rgb = await read(...init, 'model.channels=rgb');
    await expect(train({ config: rgb, run: join(root, 'rgb') })).rejects.toThrow(
      `init: model must be a network that takes its pixels as ${alone} does, bgr, (v / 255 - 0.5) / 0.5, received 'rgb,`,
    );
    expect(existsSync(join(root, 'rgb'))).toBe(false);
  });

  it('wants a batch of at most the images there are, a warm-up within the run, and evaluation data that is there', async () => {
    await expect(train({ config: await read('train.batch=25'), run: join(root, 'b') })).rejects.toThrow(
      'train: train.batch must be at most the 24 images of an epoch, received 25',
    );
    await expect(train({ config: await read('schedule.warmupSteps=24'), run: join(root, 'b') })).rejects.toThrow(
      'train: schedule.warmupSteps must be below the 24 steps of the run, received 24',
    );
    const gone = await read('evaluate.0.pairs=gone.txt');
    await expect(train({ config: gone, run: join(root, 'c') })).rejects.toThrow(/gone\.txt: there is no such file/);
  });
});
