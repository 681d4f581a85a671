import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { memory, zeros, type Tensor4D } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { architecture, createModel, type Model } from 'rxface/operators';
import { startEngine } from '../../../pipeline/engine/load.ts';
import { loadModel } from '../../../pipeline/recipes/loadModel.ts';
import { writeCheckpoint } from '../../../sinks/checkpoints.ts';
import { FACTS, freshFolder, snapshot } from '../../fixtures/checkpoint.ts';
import { encodeSafetensors } from '../../fixtures/safetensors.ts';

const TINY = architecture('ir10', { size: [16, 16], widths: [4, 4, 4, 4], embedding: 2 });
let folder: string;
let model: Model;

beforeAll(async () => {
  await startEngine({ want: 'cpu' });
  model = createModel(TINY, { seed: 3 });
  folder = join(freshFolder(), 'step-00000001');
  const weights = { ...model.save(), ...snapshot(1).weights };
  await writeCheckpoint(folder, { ...snapshot(1), weights }, { ...FACTS, architecture: TINY });
});

describe('loadModel', () => {
  it.each(['', 'model.safetensors'])('gives a model that embeds as the saved one (%s)', async (file) => {
    const loaded = await loadModel(join(folder, file));
    expect(loaded.model.architecture).toEqual(TINY);
    expect(loaded.manifest?.step).toBe(1);
    const input = (): Tensor4D => zeros([1, 16, 16, 3]);
    expect([...loaded.model.embed(input()).dataSync()]).toEqual([...model.embed(input()).dataSync()]);
    loaded.model.dispose();
  });

  it('says what is missing in weights that do not fit, and leaves no tensor behind', async () => {
    const file = join(freshFolder(), 'half.safetensors');
    const architectureText = JSON.stringify(TINY);
    writeFileSync(file, encodeSafetensors(snapshot(1).weights, { architecture: architectureText }));
    const before = memory().numTensors;
    await expect(loadModel(file)).rejects.toThrow(/weights do not fit the model: \d+ missing \(input_layer/);
    expect(memory().numTensors).toBe(before);
  });

  it('says that a file alone must tell its architecture', async () => {
    const file = join(freshFolder(), 'bare.safetensors');
    writeFileSync(file, encodeSafetensors(snapshot(1).weights));
    await expect(loadModel(file)).rejects.toThrow(
      /bare\.safetensors: expected an architecture in the file, in a manifest\.json beside it or in its keys; no network/,
    );
  });
});
