import { readFileSync } from 'node:fs';
import { from, lastValueFrom, toArray } from 'rxjs';
import type { Batch, StateMap } from 'rxface';
import { CENTRES, architecture, classCentres, cosFace, createModel, trainStep } from 'rxface/operators';
import { beforeAll, expect, it } from 'vitest';
import { startEngine } from '../../pipeline/engine/load.ts';

/** Losses of tests/fixtures/step_parity.py: the same network, faces, first weights and optimiser in PyTorch. */
const { steps, batch, size, classes, embedding, scales, losses } = JSON.parse(
  readFileSync(new URL('../fixtures/step_parity.json', import.meta.url), 'utf8'),
) as Record<'steps' | 'batch' | 'size' | 'classes' | 'embedding', number> & {
  scales: { network: number; centres: number };
  losses: number[];
};

/** The script's `draw`: n numbers in [-1, 1), MurmurHash3's finaliser of the index and the FNV-1a hash of the name. */
function draw(name: string, n: number): Float64Array {
  let seed = 0x811c9dc5;
  for (const byte of Buffer.from(name)) seed = Math.imul(seed ^ byte, 0x01000193);
  return Float64Array.from({ length: n }, (_, i) => {
    let h = (Math.imul(i, 0x9e3779b9) + seed) | 0;
    h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
    h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
    return ((h ^ (h >>> 16)) >>> 8) / 2 ** 23 - 1;
  });
}

/** First weights in PyTorch's layouts: drawn where a tensor has more than one axis, else what the network starts with. */
function drawn(state: StateMap, scale: number): StateMap {
  return Object.fromEntries(
    Object.entries(state).map(([name, { shape, data }]) => {
      if (shape.length < 2) return [name, { shape, data }];
      const fan = shape[0]! * (shape.length === 4 ? shape[2]! * shape[3]! : 1);
      const deviation = scale * Math.sqrt(6 / fan);
      return [name, { shape, data: Float32Array.from(draw(name, data.length), (x) => x * deviation) }];
    }),
  );
}

function batchOf(step: number): Batch {
  const index = Array.from({ length: batch }, (_, i) => step * batch + i);
  return {
    epoch: 0,
    step,
    pixels: Uint8Array.from(draw(`pixels ${step % 2}`, batch * size * size * 3), (x) => Math.floor((x + 1) * 128)),
    size: [size, size],
    labels: Int32Array.from(index, (i) => i % classes),
    ids: index.map(String),
    keys: index.map((i) => ({ epoch: 0, position: i, index: i })),
    variation: {
      ethnicity: new Int32Array(),
      pose: new Int32Array(),
      blur: new Int32Array(),
      occlusion: new Int32Array(),
    },
  };
}

beforeAll(() => startEngine());

it('takes the steps that PyTorch takes: IR-18 at 32x32, batch 8, no dropout, learning rate 0.01', async () => {
  const model = createModel(
    architecture('ir18', {
      size: [size, size],
      embedding,
      dropout: 0,
      input: { channels: 'rgb', mean: 0.5, std: 0.5 },
    }),
    { seed: 0 },
  );
  const centres = classCentres({ dimension: embedding, classes, seed: 0 });
  model.load(drawn(model.save(), scales.network));
  centres.load(drawn(centres.save(), scales.centres));
  expect(centres.params[CENTRES].shape).toEqual([embedding, classes]);
  const step = trainStep({
    model,
    centres,
    margin: cosFace({ s: 64, m: 0.35 }),
    optimiser: { momentum: 0.9, weightDecay: 5e-4, decay: 'adaface' },
    schedule: () => 0.01,
  });
  const items = await lastValueFrom(from(losses.map((_, i) => batchOf(i))).pipe(step, toArray()));
  const apart = items.map(({ loss }, i) => Math.abs(loss - losses[i]!) / losses[i]!);
  expect(apart).toHaveLength(steps);
  expect(apart[0]).toBeLessThan(1e-5);
  expect(Math.max(...apart), `relative differences ${apart.map((x) => x.toExponential(1)).join(', ')}`).toBeLessThan(
    1e-3,
  );
  centres.dispose();
  model.dispose();
}, 600_000);
