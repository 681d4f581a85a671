import { from, lastValueFrom, toArray } from 'rxjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { cosFace } from '../../../operators/margins/cosFace.ts';
import { classCentres } from '../../../operators/net/centres.ts';
import { architecture, createModel } from '../../../operators/net/model.ts';
import { sgd } from '../../../operators/steps/sgd.ts';
import { stepStage, type UpdatePoint } from '../../../operators/steps/stepStage.ts';
import { startEngine } from '../../../pipeline/engine/load.ts';
import type { Batch } from '../../../pipeline/items.ts';
import { drawnBatch } from '../../fixtures/batches.ts';

/** A step that only writes down what it is asked. */
function setUp(update: (at: UpdatePoint) => number = () => 1) {
  const shape = { size: [8, 8] as [number, number], units: [1], widths: [4], embedding: 3 };
  const model = createModel(architecture('ir10', shape), { seed: 1 });
  const centres = classCentres({ dimension: 3, classes: 5, seed: 1 });
  const trained = { model, centres, margin: cosFace(), optimiser: sgd() };
  const kind = {
    name: 'boxed',
    takes: '{ batch }',
    batchOf: ({ batch }: { batch: Batch }) => batch,
    update: (_: { batch: Batch }, at: UpdatePoint) => ({
      loss: update(at),
      figures: { seen: at.iteration },
      columns: { norm: Float32Array.of(1, 2) },
      beside: [],
    }),
  };
  const step = stepStage(kind, trained, { ...trained, schedule: (i) => 0.1 / (1 + i), snapshot: ({ step }) => step === 1, emit: [3], seed: 4, optimiser: {} }); // prettier-ignore
  return { step, end: () => [step, model, centres].forEach((owner) => owner.dispose()) };
}
const boxes = (count: number): { batch: Batch }[] => Array.from({ length: count }, (_, i) => ({ batch: drawnBatch(i, 2, 5, 8) })); // prettier-ignore

describe('stepStage', () => {
  beforeAll(async () => {
    await startEngine({ want: 'cpu' });
  });

  it('asks the schedule, counts, reports and takes snapshots around any update of any input', async () => {
    const asked: UpdatePoint[] = [];
    const { step, end } = setUp((at) => asked.push(at));
    const items = await lastValueFrom(from(boxes(2)).pipe(step, toArray()));
    expect(asked.map(({ iteration, learningRate, seed }) => [iteration, learningRate, seed])).toEqual([[0, 0.1, 4], [1, 0.05, 4]]); // prettier-ignore
    expect(items[1]).toMatchObject({ iteration: 2, loss: 2, learningRate: 0.05, figures: { seen: 1 }, position: 4 });
    expect(items[1]!.samples).toEqual([{ index: 3, norm: 2 }]);
    expect(items[0]!.snapshot).toBeUndefined();
    expect(items[1]!.snapshot!.faces).toEqual({ norm: Float32Array.of(1, 2) });
    expect(step.label.in).toBe('{ batch }');
    end();
  });

  it('names itself, the batch and the reason where an update fails or comes to no number', async () => {
    const failing = setUp((at) => at.fail('it is late'));
    const all = (stage: typeof failing.step) => lastValueFrom(from(boxes(1)).pipe(stage, toArray()));
    await expect(all(failing.step)).rejects.toThrow("stage 'boxed' at step 0 of epoch 0: it is late");
    const broken = setUp(() => NaN);
    await expect(all(broken.step)).rejects.toThrow('the loss of iteration 1 is NaN');
    for (const { end } of [failing, broken]) end();
  });
});
