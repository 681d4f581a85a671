import { expect, it } from 'vitest';
import { dryRunText } from '../../../pipeline/cli/dryRunText.ts';
import type { DryRun } from '../../../pipeline/recipes/dryRun.ts';

const PLAIN: DryRun = {
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
};

it('says for people what would be trained and what it would take', () => {
  const text = dryRunText(PLAIN);
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

it('says of a meta set who is in it, and what each phase would take', () => {
  const text = dryRunText({
    ...PLAIN,
    meta: {
      sources: [
        { path: 'fairface.tar.gz', people: 0, candidates: 8000, teachers: 2954 },
        { path: 'cfp', people: 190, candidates: 2660, teachers: 0 },
      ],
      variations: [
        {
          factor: 'pose',
          labelled: 2600,
          leftOut: 60,
          classes: [900, 0, 1700],
          drawn: false,
          taughtBy: 'training set',
        },
        { factor: 'blur', labelled: 0, leftOut: 10_660, classes: [0, 0], drawn: true, taughtBy: 'training set' },
      ],
      shared: [],
      pool: { slots: 8192, bytes: 300 * 2 ** 20 },
      phases: [
        { name: 'warm-up', steps: 500, seconds: 60 },
        { name: 'pool', faces: 8192, seconds: 30 },
        { name: 'meta', steps: 2472, seconds: 1158 },
      ],
    },
  }).split('\n');
  expect(text.slice(3, 10)).toEqual([
    'meta set   fairface.tar.gz: nobody is known, 8,000 candidates, 2,954 that classifiers learn from',
    'meta set   cfp: 190 people, 2,660 candidates',
    'variation  pose: 2,600 candidates labelled (900, 0, 1,700 by class); its classifier learns from the training set',
    'variation  blur: 0 candidates labelled (0, 0 by class), and whatever is drawn; its classifier learns from the training set',
    'in both    nobody',
    'pool       8,192 slots, 300 MiB',
    'engine     native (TensorFlow 2.21.0)',
  ]);
  expect(text.filter((line) => /^(phase|training)/.test(line))).toEqual([
    'phase      warm-up, 500 steps: 60 s',
    'phase      pool, 8,192 faces: 30 s',
    'phase      meta, 2,472 steps: 19 min',
    'training   21 min',
  ]);
});
