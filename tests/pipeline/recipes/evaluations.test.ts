import { memory } from '@tensorflow/tfjs-core';
import { beforeAll, expect, it } from 'vitest';
import { createModel, Model } from 'rxface/operators';
import { startEngine } from '../../../pipeline/engine/load.ts';
import { readConfig } from '../../../pipeline/recipes/config.ts';
import { dataPath } from '../../../pipeline/recipes/data.ts';
import { evaluatePairs } from '../../../pipeline/recipes/evaluate.ts';
import { evaluateEpoch, type EvaluationLine } from '../../../pipeline/recipes/evaluations.ts';
import { architectureOf } from '../../../pipeline/recipes/parts.ts';
import { runFolder } from '../../../pipeline/recipes/runFolder.ts';
import { tinyTraining } from '../../fixtures/tinyTraining.ts';

beforeAll(async () => void (await startEngine({ want: 'cpu' })));

it('gives the figures that evaluate gives for the checkpoint: in float32, whatever it is trained in', async () => {
  const { root, config: file } = await tinyTraining();
  const config = await readConfig(file, [`data.root=${root}`, 'train.threads=0']);
  const whole = createModel(architectureOf(config.model), { seed: 3 });
  // This engine has no bfloat16: it would fail.
  const model = new Model(whole.architecture, 'bfloat16', whole.params);
  const before = memory().numTensors;
  const evaluations: EvaluationLine[] = [];
  await evaluateEpoch(2, {
    config,
    training: { model, folder: runFolder(root) },
    evaluations,
    steps: 12,
    stop: undefined,
    progress: { show() {}, note() {}, end() {} },
  });
  const [data, pairs] = ['faces', 'pairs.txt'].map((path) => dataPath(path, root)) as [string, string];
  expect(evaluations).toMatchObject([
    { epoch: 2, step: 12, ...(await evaluatePairs(whole, { protocol: 'lfw', data, pairs, threads: 0 })) },
  ]);
  expect(memory().numTensors).toBe(before);
  whole.dispose();
});
