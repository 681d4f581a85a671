import { expect, it } from 'vitest';
import { dryRunText } from '../../../pipeline/cli/dryRunText.ts';

it('says for people what would be trained and what it would take', () => {
  const text = dryRunText({
    run: { path: 'runs/mine', taken: false },
    engine: { backend: 'native', tensorflow: '2.21.0' },
    precision: 'bfloat16',
    people: 400,
    images: 13_233,
    batch: 64,
    epochs: 12,
    stepsPerEpoch: 206,
    steps: 2472,
    parameters: 5_000_000,
    graph: 'flowchart LR\n',
    memory: {
      peak: 1.5 * 2 ** 30,
      tensors: 40 * 2 ** 20,
      links: [
        { after: 'faces', capacity: 64, bytes: 900 },
        { after: 'step', capacity: 1, bytes: 200 * 2 ** 20 },
      ],
    },
    time: {
      measured: 6,
      step: 0.5,
      epochStart: 1,
      imagesPerSecond: 128,
      limiting: 'step',
      training: 1248,
      evaluations: [{ protocol: 'lfw', images: 7701, times: 3, seconds: 130 }],
      total: 1378,
    },
  });
  expect(text.split('\n')).toEqual([
    'data       400 people, 13,233 images',
    'plan       12 epochs of 206 steps of 64 images: 2,472 steps',
    'learned    5,000,000 numbers, class centres included, in bfloat16',
    'engine     native (TensorFlow 2.21.0)',
    'run        runs/mine',
    '',
    'flowchart LR',
    '',
    'memory     the process held up to 1.5 GiB, of it tensors 40.0 MiB',
    'links      full, they hold faces 64: 900 bytes, step 1: 200 MiB',
    'rate       128 images a second, 0.500 s a step, limited by step (median of 6 steps)',
    'training   21 min',
    'evaluation lfw, 7,701 images, 3 times: 2 min',
    'in all     23 min',
  ]);
});
