import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { loadDecoder } from '../../operators/image/decode.ts';
import { startEngine } from '../../pipeline/engine/load.ts';
import { architecture, createModel } from '../../operators/net/model.ts';
import { drawnFaces } from '../../sources/drawnFaces.ts';
import { folder } from '../fixtures/archives.ts';
import { tinyFaceRanks } from './tinyFace.ts';
import { writeTinyFaceSet } from './tinyFaceSet.ts';

it('ranks counted as a gallery streams in are those of the whole table', async () => {
  await startEngine();
  const root = folder();
  const strangers = drawnFaces({ people: 30, perPerson: 1, seed: 8, first: 100, size: 32, aligned: true });
  const people = drawnFaces({ people: 16, perPerson: 2, seed: 8, size: 32, aligned: true });
  expect(await writeTinyFaceSet(root, people, [strangers], 4)).toEqual({ people: 16, distractors: 30 });
  const model = createModel(architecture('ir10', { size: [32, 32], embedding: 64 }), { seed: 1 });
  const [clean, tiny] = await tinyFaceRanks(root, model);
  model.dispose();
  for (const { probes, streamed, table } of [clean!, tiny!]) {
    expect(probes).toBe(16);
    expect(streamed).toEqual(table);
    expect(streamed[2]).toBeGreaterThan(0);
  }
  const [sharp, blunt] = await Promise.all(
    ['3_clean.jpg', '3_tiny.png'].map((name) => contrast(join(root, 'Probe', name))),
  );
  expect(blunt).toBeLessThan(0.6 * sharp!);
});

/** How much neighbours in a row differ. */
async function contrast(file: string): Promise<number> {
  const { data } = await (await loadDecoder())(readFileSync(file));
  return data.reduce((sum, value, i) => sum + (i < 3 ? 0 : Math.abs(value - data[i - 3]!)), 0);
}
