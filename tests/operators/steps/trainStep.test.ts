import { dispose, memory, tensor2d } from '@tensorflow/tfjs-core';
import { from, lastValueFrom, map, toArray, type Observable } from 'rxjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { adaFace } from '../../../operators/margins/adaFace.ts';
import { cosFace } from '../../../operators/margins/cosFace.ts';
import type { Margin } from '../../../operators/margins/margin.ts';
import { softmax } from '../../../operators/margins/softmax.ts';
import { classCentres } from '../../../operators/net/centres.ts';
import { architecture, createModel } from '../../../operators/net/model.ts';
import { trainStep, type TrainStepOptions } from '../../../operators/steps/trainStep.ts';
import type { StateMap } from '../../../pipeline/contracts.ts';
import { startEngine } from '../../../pipeline/engine/load.ts';
import type { Batch, StepItem } from '../../../pipeline/items.ts';
import { stageContract } from '../../contracts/stage.ts';
import { drawnBatch } from '../../fixtures/batches.ts';

const CLASSES = 5;
const SMALL = { size: [16, 16] as [number, number], units: [1, 1], widths: [4, 8], embedding: 8 };

function setUp(margin: Margin = cosFace({ s: 16, m: 0.2 }), more: Partial<TrainStepOptions> = {}) {
  const model = createModel(architecture('ir10', { ...SMALL, dropout: 0.2 }), { seed: 3 });
  const centres = classCentres({ dimension: 8, classes: CLASSES, seed: 3 });
  const step = trainStep({ model, centres, margin, schedule: () => 0.05, ...more });
  return {
    model,
    centres,
    step,
    end: () => (step.dispose(), model.dispose(), centres.dispose(), margin.state?.dispose()),
  };
}

const run = (step: ReturnType<typeof trainStep>, batches: Batch[]): Promise<StepItem[]> =>
  lastValueFrom(from(batches).pipe(step, toArray()));
const batches = (first: number, end: number): Batch[] =>
  Array.from({ length: end - first }, (_, i) => drawnBatch(first + i, 8, CLASSES, 16));
const untimed = (items: StepItem[]): object[] => items.map((item) => ({ ...item, time: undefined }));

describe.each(['native', 'wasm'] as const)('trainStep on %s', (backend) => {
  beforeAll(async () => {
    await startEngine({ want: backend });
  });
  it('learns, and reports where it stands', async () => {
    const before = memory().numTensors;
    const { step, end } = setUp(undefined, { optimiser: { clipNorm: 5 }, schedule: (i) => 0.05 / (1 + i) ** 0.1 });
    const items = await run(step, batches(0, 20));
    expect(items.at(-1)!.loss).toBeLessThan(0.5 * items[0]!.loss);
    const { epoch, step: at, iteration, position, images, learningRate, figures, time } = items[1]!;
    expect({ epoch, at, iteration, position, images }).toEqual({
      epoch: 0,
      at: 1,
      iteration: 2,
      position: 16,
      images: 8,
    });
    expect(learningRate).toBe(0.05 / 2 ** 0.1);
    expect(Object.keys(figures)).toEqual(['gradientNorm', 'normMean', 'normStd', 'cosineMean']);
    expect(Object.values(figures).every((x) => Number.isFinite(x))).toBe(true);
    expect(time.imagesPerSecond).toBeCloseTo(8 / time.seconds, 6);
    end();
    expect(memory().numTensors).toBe(before);
  });

  it('goes on from a snapshot bit for bit', async () => {
    const first = setUp(adaFace({ s: 16 }), { snapshot: ({ iteration }) => iteration === 4 });
    const items = await run(first.step, batches(0, 7));
    const { snapshot } = items[3]!;
    expect(items.filter((item) => item.snapshot)).toHaveLength(1);
    expect(snapshot).toMatchObject({ epoch: 0, iteration: 4, position: 32 });
    const { norm, cosine } = snapshot!.faces!;
    expect(norm!.reduce((sum, x) => sum + x) / norm!.length).toBe(items[3]!.figures['normMean']);
    expect([cosine!.length, norm!.length]).toEqual([8, 8]);
    const second = setUp(adaFace({ s: 16 }));
    second.step.state.load({ ...snapshot!.weights, ...snapshot!.state });
    expect(second.step.state.save()).toEqual({ ...snapshot!.weights, ...snapshot!.state });
    expect(untimed(await run(second.step, batches(4, 7)))).toEqual(untimed(items.slice(4)));
    expect(second.step.state.save()).toEqual(first.step.state.save());
    first.end();
    second.end();
  });

  it('refuses a label that is no class, by name, and lets go of everything', async () => {
    const before = memory().numTensors;
    const { step, end } = setUp();
    const bad = drawnBatch(0, 8, CLASSES, 16);
    bad.labels[2] = 9;
    await expect(run(step, [bad])).rejects.toThrow("stage 'trainStep' at face-2: label must be in [0, 5), the classes of the centres, received 9"); // prettier-ignore
    end();
    expect(memory().numTensors).toBe(before);
  });
});

describe('trainStep', () => {
  beforeAll(async () => {
    await startEngine();
  });

  it('reports the chosen samples when they come by', async () => {
    const { step, end } = setUp(cosFace({ s: 16, m: 0.2 }), { emit: [1, 11] });
    const [first, second, third] = await run(step, batches(0, 3));
    expect(first!.samples!.map(({ index }) => index)).toEqual([1]);
    expect(second!.samples!.map(({ index }) => index)).toEqual([11]);
    expect(third!.samples).toEqual([]);
    const { probability, gradientScale, margin, norm } = first!.samples![0]!;
    expect(gradientScale).toBeCloseTo(probability - 1, 6);
    expect(margin).toBeCloseTo(0.2, 5);
    expect(norm).toBeGreaterThan(0);
    end();
  });

  it('keys dropout by the seed: the same steps again, others under another seed', async () => {
    const losses = async (seed: number): Promise<number[]> => {
      const { step, end } = setUp(undefined, { seed });
      const items = await run(step, batches(0, 3));
      end();
      return items.map(({ loss }) => loss);
    };
    expect(await losses(1)).toEqual(await losses(1));
    expect(await losses(2)).not.toEqual(await losses(1));
    const { step, end } = setUp();
    const wired = step.wire!({ stage: 'train', seed: 1 } as never);
    expect((await lastValueFrom(from(batches(0, 3)).pipe(wired, toArray()))).map(({ loss }) => loss)).toEqual(await losses(1)); // prettier-ignore
    end();
  });

  it('says what to do where the loss is not a number', async () => {
    const { step, model, end } = setUp();
    dispose(model.params['output_layer.3.weight']!);
    model.params['output_layer.3.weight'] = tensor2d(new Float32Array(8 * 128).fill(NaN), [128, 8]);
    await expect(run(step, batches(0, 1))).rejects.toThrow(
      /^stage 'trainStep' at step 0 of epoch 0: the (loss|normMean) of iteration 1 is NaN: lower the learning rate or lengthen the warm-up, set clipNorm, and go on from the last checkpoint$/,
    );
    end();
  });

  it('reads quality from a column of the batch, and names what is missing', async () => {
    const { step, end } = setUp(adaFace({ s: 16, quality: { column: 'blur' } }));
    await expect(run(step, batches(0, 1))).rejects.toThrow("margin 'adaFace': face-0 has no 'blur'");
    const [labelled] = batches(0, 1);
    labelled!.variation.blur = Int32Array.from({ length: 8 }, (_, i) => i);
    expect(await run(step, [labelled!])).toHaveLength(1);
    end();
    const other = setUp(adaFace({ s: 16, quality: { column: 'sharpness' } }));
    await expect(run(other.step, batches(0, 1))).rejects.toThrow("batches have no column 'sharpness'");
    other.end();
  });

  it('refuses centres of another dimension, and a state of other classes', () => {
    const model = createModel(architecture('ir10', SMALL), { seed: 1 });
    const centres = classCentres({ dimension: 9, classes: 2, seed: 1 });
    expect(() => trainStep({ model, centres, margin: softmax(), schedule: () => 0.1 })).toThrow(
      'trainStep: centres must be of dimension 8, received 9',
    );
    const { step, end } = setUp();
    const state: StateMap = { ...step.state.save(), 'head.kernel': { shape: [8, 2], data: new Float32Array(16) } };
    expect(() => step.state.load(state)).toThrow('head.kernel: expected shape [8, 5], received [8, 2]');
    model.dispose();
    centres.dispose();
    end();
  });
});

/** A step of its own model, without the time it took. */
function timeless() {
  const { step } = setUp();
  const operator = (source: Observable<Batch>) => source.pipe(step, map((item) => ({ ...item, time: undefined }))); // prettier-ignore
  return Object.assign(operator, { label: step.label });
}

describe('trainStep as a stage', async () => {
  await startEngine();
  beforeAll(async () => {
    await startEngine();
  });
  const inputs = batches(0, 3);
  const outputs = await lastValueFrom(from(inputs).pipe(timeless(), toArray()));
  for (const check of stageContract({ stage: timeless, inputs, outputs, single: outputs.slice(0, 1) })) {
    // Both subscriptions train the caller's one model: they are meant to disturb each other.
    it.skipIf(check.name.startsWith('two subscriptions'))(check.name, check.run);
  }
});
