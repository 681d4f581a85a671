import { keep, memory, mul } from '@tensorflow/tfjs-core';
import { from, lastValueFrom, Subject, toArray } from 'rxjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { architecture, createModel, type Model } from '../../../operators/net/model.ts';
import { embed } from '../../../operators/steps/embed.ts';
import { requireBfloat16 } from '../../../pipeline/engine/bfloat16.ts';
import { startEngine } from '../../../pipeline/engine/load.ts';
import type { Batch, Embeddings } from '../../../pipeline/items.ts';
import { stageContract } from '../../contracts/stage.ts';
import { drawnBatch } from '../../fixtures/batches.ts';

const run = (model: Model, flip: boolean | undefined, ...batches: Batch[]): Promise<Embeddings[]> =>
  lastValueFrom(from(batches).pipe(embed({ model, ...(flip !== undefined && { flip }) }), toArray()));

/** The batch with every row of pixels reversed. */
function mirrored(batch: Batch): Batch {
  const [h, w] = batch.size;
  const pixels = batch.pixels.slice();
  for (let row = 0; row < batch.labels.length * h; row++) {
    for (let x = 0; x < w; x++) {
      const pixel = batch.pixels.subarray((row * w + x) * 3, (row * w + x) * 3 + 3);
      pixels.set(pixel, (row * w + w - 1 - x) * 3);
    }
  }
  return { ...batch, pixels };
}

describe.each(['native', 'wasm'] as const)('embed on %s', (backend) => {
  let model: Model;
  beforeAll(async () => {
    await startEngine({ want: backend });
    model = createModel(architecture('ir10', { size: [16, 16], units: [1, 1], widths: [4, 8], embedding: 8 }), {
      seed: 5,
    });
  });

  it('sums the embeddings of an image and its mirror image, un-normalised, by default', async () => {
    const batch = drawnBatch(0, 3, 5, 16);
    const [both] = await run(model, undefined, batch);
    const [plain] = await run(model, false, batch);
    const [other] = await run(model, false, mirrored(batch));
    both!.values.forEach((x, i) => expect(x).toBeCloseTo(plain!.values[i]! + other!.values[i]!, 4));
    const { values, ...rest } = both!;
    expect(values).toHaveLength(24);
    expect(rest).toEqual({ epoch: 0, dimension: 8, labels: batch.labels, ids: batch.ids, keys: batch.keys });
  });

  it('gives an image the same embedding whatever is in its batch', async () => {
    const [three] = await run(model, true, drawnBatch(0, 3, 5, 16));
    const [eight] = await run(model, true, drawnBatch(0, 8, 5, 16));
    // The noise of an image depends on where its batch begins, not on its length.
    three!.values.forEach((x, i) => expect(x).toBeCloseTo(eight!.values[i]!, 4));
  });

  it('embeds with the weights of the moment, where a training replaces them between two batches', async () => {
    const batch = drawnBatch(0, 2, 5, 16);
    const seen: Embeddings[] = [];
    const batches = new Subject<Batch>();
    batches.pipe(embed({ model })).subscribe((item) => seen.push(item));
    batches.next(batch);
    const name = 'body.0.res_layer.4.weight';
    const old = model.params[name]!;
    model.params[name] = keep(mul(old, 2));
    batches.next(batch);
    batches.complete();
    expect(seen[1]).toEqual((await run(model, true, batch))[0]);
    expect(seen[1]!.values).not.toEqual(seen[0]!.values);
    model.params[name]!.dispose();
    model.params[name] = old;
  });

  it('leaves no tensor behind', async () => {
    const before = memory().numTensors;
    await run(model, true, drawnBatch(0, 2, 5, 16), drawnBatch(1, 2, 5, 16));
    expect(memory().numTensors).toBe(before);
  });
});

describe('embed as a stage', async () => {
  await startEngine();
  beforeAll(async () => {
    await startEngine();
  });
  const model = createModel(architecture('ir10', { size: [16, 16], units: [1, 1], widths: [4, 8], embedding: 8 }), {
    seed: 5,
  });
  const inputs = [drawnBatch(0, 2, 5, 16), drawnBatch(1, 2, 5, 16)];
  const outputs = await run(model, true, ...inputs);
  const cases = { stage: () => embed({ model }), inputs, outputs, single: outputs.slice(0, 1) };
  for (const check of stageContract(cases)) it(check.name, check.run);
});

it('in bfloat16 the embeddings are those of float32 up to rounding', async ({ skip }) => {
  const { backend } = await startEngine();
  if (backend !== 'native' || !fastBfloat16()) skip('no fast bfloat16 here');
  const tiny = architecture('ir10', { size: [32, 32], units: [1, 1], widths: [8, 16], embedding: 16 });
  const [short, wide] = (['bfloat16', 'float32'] as const).map((precision) =>
    createModel(tiny, { seed: 5, precision }),
  ) as [Model, Model];
  const batch = drawnBatch(0, 4, 5, 32);
  const [[ours], [theirs]] = await Promise.all([run(short, true, batch), run(wide, true, batch)]);
  const length = Math.hypot(...theirs!.values);
  expect(Math.hypot(...ours!.values.map((x, i) => x - theirs!.values[i]!)) / length).toBeLessThan(0.02);
  short.dispose();
  wide.dispose();
});

function fastBfloat16(): boolean {
  try {
    requireBfloat16();
    return true;
  } catch {
    return false;
  }
}
