import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { memory } from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { startEngine } from '../../../pipeline/engine/load.ts';
import { injectWriteFault } from '../../../pipeline/files/write.ts';
import { readConfig } from '../../../pipeline/recipes/config.ts';
import { train } from '../../../pipeline/recipes/train.ts';
import { tinyTraining } from '../../fixtures/tinyTraining.ts';

let root: string;
let config: string;
const read = (...sets: string[]) => readConfig(config, [`data.root=${root}`, 'train.threads=0', ...sets]);
const SHORT = ['train.epochs=1', 'evaluate=[]', 'checkpoint={everySteps: 2}', 'schedule.warmupSteps=1'];

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
    injectWriteFault((operation, path) => {
      if (operation === 'write' && path.includes('step-00000004') && path.endsWith('model.safetensors'))
        throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
    });
    const options = { config: await read(...SHORT), run };
    await expect(train(options)).rejects.toThrow(/model\.safetensors: the disk is full$/);
    expect(readdirSync(join(run, 'checkpoints'))).toEqual(['step-00000002']);
    injectWriteFault(undefined);
    await train({ ...options, resume: true });
    const bytes = (name: string) => readFileSync(join(root, name, 'checkpoints', 'step-00000006', 'model.safetensors'));
    expect(bytes('full').equals(bytes('a'))).toBe(true);
  });

  it('wants a batch of at most the images there are, a warm-up within the run, and evaluation data that is there', async () => {
    await expect(train({ config: await read('train.batch=25'), run: join(root, 'b') })).rejects.toThrow(
      'train: train.batch must be at most the 24 images of the data, received 25',
    );
    await expect(train({ config: await read('schedule.warmupSteps=24'), run: join(root, 'b') })).rejects.toThrow(
      'train: schedule.warmupSteps must be below the 24 steps of the run, received 24',
    );
    const gone = await read('evaluate.0.pairs=gone.txt');
    await expect(train({ config: gone, run: join(root, 'c') })).rejects.toThrow(/gone\.txt: there is no such file/);
  });
});
