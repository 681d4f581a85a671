import { memory } from '@tensorflow/tfjs-core';
import { from, lastValueFrom, toArray } from 'rxjs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Margin } from '../../../operators/margins/margin.ts';
import { classCentres } from '../../../operators/net/centres.ts';
import { architecture, createModel } from '../../../operators/net/model.ts';
import { trainStep } from '../../../operators/steps/trainStep.ts';
import { startEngine } from '../../../pipeline/engine/load.ts';
import type { Batch, StepItem } from '../../../pipeline/items.ts';
import { drawnBatch } from '../../fixtures/batches.ts';
import { MARGINS } from './margins.ts';

const CLASSES = 5;
/** wasm is slow, and what leaks there leaks in every step. */
const STEPS = { native: 50, wasm: 15 } as const;
const BATCHES = Array.from({ length: STEPS.native }, (_, i) => drawnBatch(i, 8, CLASSES, 16));

/** On wasm, whose margins the contract suite has for themselves, one for each way through the head: products, statistics, other classes, norms. */
const ON_WASM = ['softmax', 'adaFace', 'curricularFace', 'magFace'];

function setUp(margin: Margin, snapshotAfter?: number) {
  const shape = { size: [16, 16] as [number, number], units: [1, 1], widths: [4, 8], embedding: 8, dropout: 0.2 };
  const model = createModel(architecture('ir10', shape), { seed: 3 });
  const centres = classCentres({ dimension: 8, classes: CLASSES, seed: 3 });
  const snapshot = ({ iteration }: StepItem): boolean => iteration === snapshotAfter;
  const optimiser = { clipNorm: 5 };
  const step = trainStep({ model, centres, margin, schedule: () => 0.05, optimiser, snapshot });
  return { step, end: () => (step.dispose(), model.dispose(), centres.dispose(), margin.state?.dispose()) };
}

const run = (step: ReturnType<typeof trainStep>, batches: Batch[]): Promise<StepItem[]> =>
  lastValueFrom(from(batches).pipe(step, toArray()));
const mean = (items: StepItem[]): number => items.reduce((sum, { loss }) => sum + loss, 0) / items.length;
const untimed = (items: StepItem[]): object[] => items.map((item) => ({ ...item, time: undefined }));

describe.each(['native', 'wasm'] as const)('trainStep with every margin on %s', (backend) => {
  beforeAll(async () => {
    await startEngine({ want: backend });
  });

  it.each(Object.entries(MARGINS).filter(([name]) => backend === 'native' || ON_WASM.includes(name)))(
    `%s: ${STEPS[backend]} steps lower the loss and leave no tensor`,
    async (_, make) => {
      const before = memory().numTensors;
      const { step, end } = setUp(make());
      const first = await run(step, BATCHES.slice(0, 5));
      const held = memory().numTensors;
      const rest = await run(step, BATCHES.slice(5, STEPS[backend]));
      expect(memory().numTensors).toBe(held);
      expect(mean(rest.slice(-5))).toBeLessThan(0.9 * mean(first));
      end();
      expect(memory().numTensors).toBe(before);
    },
  );

  it.each(['sphereFace', 'curricularFace'])('%s goes on from a snapshot bit for bit', async (name) => {
    const first = setUp(MARGINS[name]!(), 4);
    const items = await run(first.step, BATCHES.slice(0, 7));
    const { weights, state } = items[3]!.snapshot!;
    expect(Object.keys(state)).toContain({ sphereFace: 'margin.iteration', curricularFace: 'margin.t' }[name]);
    const second = setUp(MARGINS[name]!());
    second.step.state.load({ ...weights, ...state });
    expect(untimed(await run(second.step, BATCHES.slice(4, 7)))).toEqual(untimed(items.slice(4)));
    expect(second.step.state.save()).toEqual(first.step.state.save());
    for (const { end } of [first, second]) end();
  });
});
