import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { dispose, type Tensor2D } from '@tensorflow/tfjs-core';
import { fold } from 'rxface/operators';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeNpy } from '../../pipeline/bytes/npy.ts';
import { startEngine } from '../../pipeline/engine/load.ts';
import { loadModel, modelOf } from '../../pipeline/recipes/loadModel.ts';

const python = process.env['RXFACE_PYTHON'];

describe.skipIf(python === undefined)('checkpoints of a whole IR-18 (RXFACE_PYTHON=a python that has PyTorch)', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rxface-checkpoints-'));
  beforeAll(async () => {
    await startEngine();
    const script = fileURLToPath(new URL('../fixtures/checkpoints.py', import.meta.url));
    execFileSync(python!, [script, folder], { stdio: 'pipe' });
  }, 120_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('embed as PyTorch does, cosine and norm to 1e-4', { timeout: 120_000 }, async () => {
    const pixels = decodeNpy(readFileSync(join(folder, 'pixels.npy')), 'pixels.npy').data as Uint8Array;
    const embedded = JSON.parse(readFileSync(join(folder, 'embedded.json'), 'utf8')) as Record<string, number[][]>;
    for (const [name, rows] of Object.entries(embedded)) {
      const { model } = await loadModel(join(folder, name));
      const folded = fold(model);
      const z: Tensor2D = folded.embed(model.normalise(pixels, 3, [112, 112]));
      for (const [i, values] of z.arraySync().entries()) {
        const dot = values.reduce((sum, value, d) => sum + value * rows[i]![d]!, 0);
        const [ours, theirs] = [Math.hypot(...values), Math.hypot(...rows[i]!)];
        expect([name, dot / ours / theirs > 1 - 1e-4, Math.abs(ours / theirs - 1) < 1e-4]).toEqual([name, true, true]);
      }
      dispose(z);
      folded.dispose();
      model.dispose();
    }
  });

  it('say what was recognised', async () => {
    const said: string[] = [];
    const model = await modelOf(join(folder, 'magface.pth'), (line) => void said.push(line));
    (model as { dispose(): void }).dispose();
    expect(said).toEqual([
      `rxface: ${join(folder, 'magface.pth')}: the layout of MagFace: ir18, convolutions as shortcuts, 112x112 BGR as (v / 255 - 0) / 1, embedding 512; left out: fc.weight`,
    ]);
  });
});
