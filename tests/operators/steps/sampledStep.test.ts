import { memory, tensor2d, tidy } from '@tensorflow/tfjs-core';
import { from, lastValueFrom, toArray } from 'rxjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { adaFace } from '../../../operators/margins/adaFace.ts';
import { cosFace } from '../../../operators/margins/cosFace.ts';
import { head } from '../../../operators/margins/head.ts';
import type { Margin } from '../../../operators/margins/margin.ts';
import { softmax } from '../../../operators/margins/softmax.ts';
import { CENTRES, classCentres, type Centres } from '../../../operators/net/centres.ts';
import { architecture, createModel } from '../../../operators/net/model.ts';
import { columnsOf, sampledCentres } from '../../../operators/net/sampledCentres.ts';
import { sgd, type SgdOptions } from '../../../operators/steps/sgd.ts';
import { trainStep, type TrainStepOptions } from '../../../operators/steps/trainStep.ts';
import { startEngine, type Backend } from '../../../pipeline/engine/load.ts';
import type { Batch, StepItem } from '../../../pipeline/items.ts';
import { drawnBatch } from '../../fixtures/batches.ts';
import { MARGINS } from './margins.ts';

const PEOPLE = 5;
const CLASSES = 40;
/** Whom nobody saw, and who was never drawn either. */
const BATCHES = Array.from({ length: 50 }, (_, i) => drawnBatch(i, 8, PEOPLE, 16));

function setUp(
  rate: number | 'all',
  margin: Margin = cosFace({ s: 16, m: 0.2 }),
  more: Partial<TrainStepOptions> = {},
) {
  const shape = { size: [16, 16] as [number, number], units: [1, 1], widths: [4, 8], embedding: 8, dropout: 0.2 };
  const model = createModel(architecture('ir10', shape), { seed: 3 });
  const size = { dimension: 8, classes: CLASSES, seed: 3 };
  const centres = rate === 'all' ? classCentres(size) : sampledCentres({ ...size, rate });
  const step = trainStep({ model, centres, margin, schedule: () => 0.05, seed: 11, ...more });
  const end = (): void => (step.dispose(), model.dispose(), centres.dispose(), margin.state?.dispose());
  return { step, centres, end };
}

const run = (step: ReturnType<typeof trainStep>, batches: Batch[]): Promise<StepItem[]> =>
  lastValueFrom(from(batches).pipe(step, toArray()));
const mean = (items: StepItem[]): number => items.reduce((sum, { loss }) => sum + loss, 0) / items.length;
const untimed = (items: StepItem[]): object[] => items.map((item) => ({ ...item, time: undefined }));

const EMBEDDINGS = Float32Array.from({ length: 6 * 8 }, (_, i) => 3 * Math.sin(2.1 * (i + 1) ** 1.4));
const LABELS = Int32Array.of(7, 0, 39, 7, 12, 30);

/** Losses of six steps that move centres under the same embeddings, the embeddings' last gradient, centres and momentum. */
function sixSteps(rate: number | 'all', margin: Margin, options: SgdOptions = {}): Record<string, Float32Array> {
  const size = { dimension: 8, classes: CLASSES, seed: 3 };
  const centres = rate === 'all' ? classCentres(size) : sampledCentres({ ...size, rate });
  const optimiser = sgd(options);
  const spec = { name: CENTRES, role: 'weight' as const };
  const losses: number[] = [];
  let gradient = new Float32Array();
  for (let step = 0; step < 6; step++) {
    tidy(() => {
      const taken = 'params' in centres ? undefined : centres.take(LABELS, { seed: 5, step });
      const kernel = taken ?? { kernel: (centres as Centres).params[CENTRES], labels: LABELS };
      const out = head({ embedding: tensor2d(EMBEDDINGS, [6, 8]), margin, ...kernel });
      const group = taken
        ? { ...spec, ...taken, rows: taken.kernel, along: out.along }
        : { params: (centres as Centres).params, specs: [spec] };
      optimiser.update([group], { [CENTRES]: out.dKernel }, 0.1 / (step + 1));
      losses.push(out.loss.dataSync()[0]!);
      gradient = out.dEmbedding.dataSync<'float32'>().slice();
    });
  }
  const moved = centres.save()[CENTRES]!.data as Float32Array;
  const table = optimiser.tables[CENTRES];
  const velocity = table ? columnsOf(table).data : optimiser.velocity[CENTRES]!.dataSync<'float32'>().slice();
  for (const owner of [optimiser, centres, margin.state]) owner?.dispose();
  return { losses: Float32Array.from(losses), gradient, moved, velocity: velocity as Float32Array };
}

/** Equal up to rounding, by the largest number of each array. */
function near(a: Record<string, Float32Array>, b: Record<string, Float32Array>): void {
  for (const [name, values] of Object.entries(a)) {
    const most = values.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
    const off = values.reduce((off, x, i) => Math.max(off, Math.abs(x - b[name]![i]!)), 0);
    expect(most).toBeGreaterThan(1e-3);
    expect(b[name]).toHaveLength(values.length);
    expect(off / most, name).toBeLessThan(2e-5);
  }
}

describe.each(['native', 'wasm', 'cpu'] as const)('a step with sampled centres on %s', (backend) => {
  beforeAll(async () => {
    await startEngine({ want: backend });
  });

  it.each([
    ['cosines', () => cosFace({ s: 16, m: 0.2 }), {}],
    ['cosines, clipped', () => adaFace({ s: 16 }), { clipNorm: 2, weightDecay: 0.01 }],
    ['products', softmax, { weightDecay: 0.01 }],
  ] as const)('is at rate 1 the step with all centres, to rounding: %s', (_, make, options) => {
    near(sixSteps('all', make(), options), sixSteps(1, make(), options));
  });

  it('moves the classes it took and no others, neither by decay nor by momentum', async () => {
    const { step, centres, end } = setUp(0.25, undefined, { optimiser: { weightDecay: 0.1 } });
    const columns = (): Float32Array => centres.save()[CENTRES]!.data as Float32Array;
    const column = (of: Float32Array, c: number): number[] => [...of].filter((_, i) => i % CLASSES === c);
    await run(step, BATCHES.slice(0, 3));
    const before = columns();
    // The fourth step of a sample of its own kind draws what this one will.
    const twin = sampledCentres({ dimension: 8, classes: CLASSES, rate: 0.25 });
    const { at, kernel } = twin.take(BATCHES[3]!.labels, { seed: 11, step: 3 });
    kernel.dispose();
    twin.dispose();
    await run(step, BATCHES.slice(3, 4));
    const after = columns();
    expect(at).toHaveLength(10);
    for (let c = 0; c < CLASSES; c++) {
      if (at.includes(c)) expect(column(after, c)).not.toEqual(column(before, c));
      else expect(column(after, c)).toEqual(column(before, c));
    }
    end();
  });

  it('goes on from a snapshot bit for bit', async () => {
    const first = setUp(0.3, adaFace({ s: 16 }), { snapshot: ({ iteration }) => iteration === 4 });
    const items = await run(first.step, BATCHES.slice(0, 7));
    const { weights, state } = items[3]!.snapshot!;
    expect(state[`momentum.${CENTRES}`]!.shape).toEqual([8, CLASSES]);
    const second = setUp(0.3, adaFace({ s: 16 }));
    second.step.state.load({ ...weights, ...state });
    expect(second.step.state.save()).toEqual({ ...weights, ...state });
    expect(untimed(await run(second.step, BATCHES.slice(4, 7)))).toEqual(untimed(items.slice(4)));
    expect(second.step.state.save()).toEqual(first.step.state.save());
    for (const { end } of [first, second]) end();
  });
});

describe('a step with sampled centres', () => {
  it.for(['wasm', 'cpu'] as const)('is on %s the native one, to rounding', async (portable) => {
    const on = async (want: Backend) => (await startEngine({ want }), sixSteps(0.3, adaFace({ s: 16 })));
    near(await on('native'), await on(portable));
  });

  it.each(Object.entries(MARGINS))('%s: 50 steps lower the loss and leave no tensor', async (_, make) => {
    await startEngine();
    const before = memory().numTensors;
    const { step, end } = setUp(0.5, make(), { optimiser: { clipNorm: 5 } });
    const first = await run(step, BATCHES.slice(0, 5));
    const held = memory().numTensors;
    const rest = await run(step, BATCHES.slice(5));
    expect(memory().numTensors).toBe(held);
    expect(mean(rest.slice(-5))).toBeLessThan(0.9 * mean(first));
    end();
    expect(memory().numTensors).toBe(before);
  });
});
