import { beforeAll, describe, expect, it } from 'vitest';
import { sampledCentres } from '../../../operators/net/sampledCentres.ts';
import type { MetaStepOptions } from '../../../operators/steps/metaStep.ts';
import { startEngine } from '../../../pipeline/engine/load.ts';
import type { Sample } from '../../../pipeline/items.ts';
import { KINDS } from '../../fixtures/metaKinds.ts';
import { candidates, inputs, labelledBatch, metaTraining, run, untimed } from '../../fixtures/metaTraining.ts';

describe('metaStep', () => {
  beforeAll(async () => {
    await startEngine();
  });

  it.each(['S3: sgd and jvp', 'S6: no pseudo step, one-sided difference', 'MetaCW'])(
    '%s, 20 steps: killed at the tenth and resumed, it ends bit-equal',
    async (name) => {
      const [options, margin] = KINDS[name]!;
      const first = await metaTraining({ ...options, snapshot: ({ iteration }) => iteration === 10 }, margin?.());
      const items = await run(first.step, inputs(0, 20));
      const { weights, state } = items[9]!.snapshot!;
      const second = await metaTraining(options, margin?.(), false);
      second.step.state.load({ ...weights, ...state });
      expect(second.step.state.save()).toEqual({ ...weights, ...state });
      // A checkpoint holds no pixels: they are drawn again by their keys.
      const drawn = [...filling(), ...inputs(0, 10).flatMap(([, faces]) => [...faces])];
      const byPosition = new Map(drawn.map((face) => [face.position, face]));
      second.pool.restore(second.pool.missing().map(({ position }) => byPosition.get(position)!));
      expect(untimed(await run(second.step, inputs(10, 20)))).toEqual(untimed(items.slice(10)));
      expect(second.step.state.save()).toEqual(first.step.state.save());
      for (const { end } of [first, second]) end();
    },
  );

  it('saves classifiers and pool beside weights, momentum and margin statistics', async () => {
    const { step, end } = await metaTraining();
    await run(step, inputs(0, 1));
    const names = Object.keys(step.state.save());
    for (const name of ['head.kernel', 'momentum.head.kernel', 'margin.batch_mean', 'pose.weight', 'blur.updates'])
      expect(names).toContain(name);
    for (const name of ['pool.embeddings', 'pool.indices', 'pool.draws', 'iteration']) expect(names).toContain(name);
    end();
  });

  it('reports losses, residuals by class of a variation, and each variation apart where it is told to', async () => {
    const training = await metaTraining({ logPerVariationEvery: 2, emit: [3], snapshot: () => true });
    const [first, second] = await run(training.step, inputs(0, 2));
    const { figures, samples, snapshot } = first!;
    for (const factor of ['ethnicity', 'pose', 'blur', 'occlusion']) {
      expect(figures[`variation.${factor}.loss`]).toBeGreaterThan(0);
      expect(figures[`meta.loss.${factor}`]).toBeGreaterThan(0);
    }
    const parts = ['ethnicity', 'pose', 'blur', 'occlusion'].map((factor) => figures[`meta.loss.${factor}`]!);
    expect(figures['meta.loss']).toBeCloseTo(parts.reduce((a, b) => a + b), 4); // prettier-ignore
    expect(figures['meta.predicted']).toBeLessThan(0);
    expect(figures['residual.largest']).toBeLessThanOrEqual(0.1 + 1e-6);
    const { residual, margin } = snapshot!.faces!;
    const ofClass = [...residual!].filter((_, i) => labelledBatch(0).variation.pose[i] === 2);
    expect(figures['residual.pose.2']).toBeCloseTo(ofClass.reduce((a, b) => a + b) / ofClass.length, 6); // prettier-ignore
    // All of them, with what it takes to find them again; else those of the list.
    const { variation, labels, keys } = labelledBatch(0);
    expect(samples!.map((one) => one.residual)).toEqual([...residual!]);
    expect(samples!.map((one) => one['residual.pose'])).toEqual([...snapshot!.faces!['residual.pose']!]);
    expect(samples!.map(({ label, position, index }) => ({ label, position, index }))).toEqual(keys.map(({ position, index }, i) => ({ label: labels[i], position, index }))); // prettier-ignore
    expect(samples!.map((one) => one.variation!.pose ?? -1)).toEqual([...variation.pose]);
    expect(second!.samples!.every(({ label }) => label === undefined)).toBe(true);
    expect(margin!.every((m) => m > -1e-6 && m < 0.8 + 1e-6)).toBe(true);
    expect(Object.keys(snapshot!.faces!)).toContain('residual.pose');
    expect(Object.keys(second!.snapshot!.faces!)).not.toContain('residual.pose');
    training.end();
  });

  it('takes the margin as it is on the iterations between', async () => {
    const training = await metaTraining({ metaEvery: 2 });
    const [with_, without] = await run(training.step, inputs(0, 2));
    expect(with_!.figures['residual.rms']).toBeGreaterThan(0);
    expect(Object.keys(without!.figures).filter((name) => /^(meta|residual)/.test(name))).toEqual([]);
    training.end();
  });

  it('lets candidates teach what the batches have no labels for, and keeps those out of the pool', async () => {
    const training = await metaTraining({ teaches: ({ index }) => index % 2 === 0 });
    const { taken } = training.pool;
    const [ethnicity] = training.classifiers;
    const { updates } = ethnicity!;
    const batch = labelledBatch(0, ['ethnicity']);
    const [item] = await run(training.step, [[batch, candidates(0)]]);
    expect(ethnicity!.updates).toBe(updates + 1);
    expect(item!.figures['variation.ethnicity.loss']).toBeGreaterThan(0);
    expect(training.pool.taken).toBe(taken + 1);
    training.end();
  });

  it('refuses a variation that counts and is not trained, and lets one that does not be', async () => {
    const training = await metaTraining({}, undefined, false);
    await expect(run(training.step, inputs(0, 1))).rejects.toThrow(
      "stage 'metaStep' at step 0 of epoch 0: variation 'ethnicity' counts 1, but its classifier is not trained: warm it up first",
    );
    training.end();
    const none = { ethnicity: 0, pose: 0, blur: 0, occlusion: 0 };
    const other = await metaTraining({ lambda: none });
    const [item] = await run(other.step, inputs(0, 1));
    expect(item!.figures['meta.loss']).toBeUndefined();
    other.end();
  });

  it('refuses to leave the pseudo step out at a high rate, where a rule has one', async () => {
    const training = await metaTraining({ pseudo: 'none', schedule: () => 0.01 });
    await expect(run(training.step, inputs(0, 1))).rejects.toThrow(
      "pseudo 'none' is for learning rates up to 0.001, received 0.01",
    );
    training.end();
  });

  it.each<[Partial<MetaStepOptions>, string]>([
    [{ hypergrad: 'x' as 'jvp' }, "hypergrad must be one of jvp, fdCentral, fdForward, none, received 'x'"],
    [{ pseudo: 'x' as 'sgd' }, "pseudo must be 'sgd', 'optimizer' or 'none', received 'x'"],
    [{ metaBN: 'x' as 'train' }, "metaBN must be 'train' or 'running', received 'x'"],
    [{ lambda: { pose: -1 } }, 'lambda.pose must be at least 0, received -1'],
    [{ metaEvery: 0 }, 'metaEvery must be a whole number of at least 1, received 0'],
    [{ logPerVariationEvery: 0.5 }, 'logPerVariationEvery must be a whole number of at least 0, received 0.5'],
    [{ variationLr: 0 }, 'variationLr must be above 0, received 0'],
    [{ classifiers: [] }, 'classifiers must be one a variation, received []'],
  ])('refuses options outside their bounds: case %#', async (options, message) => {
    await expect(metaTraining(options, undefined, false)).rejects.toThrow(`metaStep: ${message}`);
  });

  it('refuses a sample of the centres', async () => {
    const centres = sampledCentres({ dimension: 8, classes: 5, rate: 0.5 });
    await expect(metaTraining({ centres }, undefined, false)).rejects.toThrow(
      "metaStep: centres must be classCentres, all of which take part in each step, received 'sampledCentres'",
    );
    centres.dispose();
  });
});

/** What the pool was filled with, in order. */
function filling(): Sample[] {
  return [500, 501, 502].flatMap((step) => {
    const batch = labelledBatch(step);
    const each = batch.pixels.length / 8;
    return batch.keys.map((key, i) => ({
      ...key,
      id: batch.ids[i]!,
      label: batch.labels[i]!,
      pixels: batch.pixels.slice(i * each, (i + 1) * each),
      size: batch.size,
      variation: Object.fromEntries(Object.entries(batch.variation).map(([factor, column]) => [factor, column[i]!])),
    }));
  });
}
