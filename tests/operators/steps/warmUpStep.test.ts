import { memory } from '@tensorflow/tfjs-core';
import { from, lastValueFrom, map, toArray, type Observable } from 'rxjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { architecture, createModel } from '../../../operators/net/model.ts';
import { warmUpStep } from '../../../operators/steps/warmUpStep.ts';
import { variationClassifier } from '../../../operators/variation/classifier.ts';
import { startEngine } from '../../../pipeline/engine/load.ts';
import type { Batch, StepItem } from '../../../pipeline/items.ts';
import { stageContract } from '../../contracts/stage.ts';
import { drawnBatch } from '../../fixtures/batches.ts';

const SMALL = { size: [16, 16] as [number, number], units: [1, 1], widths: [4, 8], embedding: 8, dropout: 0.2 };
/** Blur is known of every second face: its class is the stripe pattern. */
const batches = Array.from({ length: 60 }, (_, i) => {
  const batch = drawnBatch(i, 8, 4, 16);
  batch.variation.blur = batch.labels.map((label, row) => (row % 2 === 0 || i > 50 ? label : -1));
  return batch;
});

function setUp(seed?: number) {
  const model = createModel(architecture('ir10', SMALL), { seed: 3 });
  const blur = variationClassifier({ factor: 'blur', dimension: 8, seed: 3, warmup: 20 });
  const pose = variationClassifier({ factor: 'pose', dimension: 8, seed: 3 });
  const step = warmUpStep({ model, classifiers: [blur, pose], ...(seed !== undefined && { seed }) });
  return { model, blur, step, end: () => [model, blur, pose].forEach((one) => one.dispose()) };
}
const run = (step: ReturnType<typeof warmUpStep>, some: Batch[]): Promise<StepItem[]> =>
  lastValueFrom(from(some).pipe(step, toArray()));

describe.each(['native', 'wasm'] as const)('warmUpStep on %s', (backend) => {
  beforeAll(async () => void (await startEngine({ want: backend })));

  it('teaches the classifiers and leaves the network as it is', async () => {
    const before = memory().numTensors;
    const { model, blur, step, end } = setUp();
    const weights = model.save();
    const items = await run(step, batches);
    expect(items.at(-1)!.loss).toBeLessThan(0.5 * items[0]!.loss);
    expect(items[1]).toMatchObject({ iteration: 2, position: 16, images: 8, learningRate: 0.1 });
    // Nobody has a pose.
    expect(Object.keys(items[0]!.figures)).toEqual(['variation.blur.loss']);
    expect([blur.updates, blur.trained]).toEqual([60, true]);
    expect(model.save()).toEqual(weights);
    end();
    expect(memory().numTensors).toBe(before);
  });
});

describe('warmUpStep', () => {
  beforeAll(async () => void (await startEngine()));

  it('goes on from its state bit for bit', async () => {
    const [one, two] = [setUp(), setUp()];
    await run(one.step, batches.slice(0, 5));
    two.step.state.load(one.step.state.save());
    const [a, b] = [await run(one.step, batches.slice(5, 8)), await run(two.step, batches.slice(5, 8))];
    expect(b.map((item) => ({ ...item, time: 0 }))).toEqual(a.map((item) => ({ ...item, time: 0 })));
    expect(two.step.state.save()).toEqual(one.step.state.save());
    for (const { end } of [one, two]) end();
  });

  it('keys dropout by the seed', async () => {
    const losses = await Promise.all([1, 1, 2].map(async (seed) => {
      const { step, end } = setUp(seed);
      const [first] = await run(step, batches.slice(0, 1));
      end();
      return first!.loss;
    })); // prettier-ignore
    expect(losses[0]).toBe(losses[1]);
    expect(losses[0]).not.toBe(losses[2]);
  });
});

describe('warmUpStep as a stage', async () => {
  await startEngine();
  beforeAll(async () => void (await startEngine()));
  const stage = () => {
    const { step } = setUp();
    const operator = (source: Observable<Batch>) => source.pipe(step, map((item) => ({ ...item, time: undefined }))); // prettier-ignore
    return Object.assign(operator, { label: step.label });
  };
  const inputs = batches.slice(0, 3);
  const outputs = await lastValueFrom(from(inputs).pipe(stage(), toArray()));
  for (const check of stageContract({ stage, inputs, outputs, single: outputs.slice(0, 1) })) {
    // Both subscriptions teach the caller's one set of classifiers: they are meant to disturb each other.
    it.skipIf(check.name.startsWith('two subscriptions'))(check.name, check.run);
  }
});
