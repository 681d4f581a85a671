import { dispose, tensor2d } from '@tensorflow/tfjs-core';
import { beforeAll, expect, it } from 'vitest';
import { variationClassifier } from '../../../operators/variation/classifier.ts';
import { teach } from '../../../operators/variation/teach.ts';
import { startEngine } from '../../../pipeline/engine/load.ts';
import { wave } from '../../contracts/numbers.ts';

beforeAll(async () => void (await startEngine()));

it('moves those whose variation is labelled, and them alone', () => {
  const [pose, blur] = (['pose', 'blur'] as const).map((factor) => variationClassifier({ factor, dimension: 3, seed: 1 })); // prettier-ignore
  const before = blur!.state.save();
  const e = tensor2d(wave(6, 0.7), [2, 3]);
  const none = Int32Array.of(-1, -1);
  const losses = teach([pose!, blur!], e, { pose: Int32Array.of(3, -1), blur: none, ethnicity: none, occlusion: none });
  expect(Object.keys(losses)).toEqual(['pose']);
  expect(losses.pose!.dataSync()[0]).toBeGreaterThan(0);
  expect([pose!.updates, blur!.updates]).toEqual([1, 0]);
  expect(blur!.state.save()).toEqual(before);
  dispose([e, losses]);
  for (const one of [pose, blur]) one!.dispose();
});
