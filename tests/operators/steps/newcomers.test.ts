import { memory, tidy } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { architecture, createModel } from '../../../operators/net/model.ts';
import { newcomers } from '../../../operators/steps/newcomers.ts';
import { startEngine } from '../../../pipeline/engine/load.ts';
import { candidates } from '../../fixtures/metaTraining.ts';

const faces = [...candidates(0), ...candidates(1)];

describe('newcomers', () => {
  beforeAll(async () => {
    await startEngine();
  });

  it('are embedded as for inference; those that teach come with their labels and not with the others', () => {
    const shape = { size: [16, 16] as [number, number], units: [1, 1], widths: [4, 8], embedding: 8 };
    const model = createModel(architecture('ir10', shape), { seed: 3 });
    const before = memory().numTensors;
    tidy(() => {
      const all = newcomers(model, faces, () => false);
      expect(all.lesson).toBeUndefined();
      const embedded = all.candidates!.embeddings.arraySync();
      const some = newcomers(model, faces, ({ id }) => id === 'candidate-1-0');
      expect(some.candidates!.faces.map(({ id }) => id)).toEqual(['candidate-0-0', 'candidate-0-1', 'candidate-1-1']);
      expect(some.candidates!.embeddings.arraySync()).toEqual([0, 1, 3].map((row) => embedded[row]));
      expect(some.lesson!.embeddings.arraySync()).toEqual([embedded[2]]);
      expect([...some.lesson!.variation.pose]).toEqual([faces[2]!.variation!.pose]);
      expect(newcomers(model, faces, () => true).candidates).toBeUndefined();
      expect(newcomers(model, [], () => true)).toEqual({});
    });
    expect(memory().numTensors).toBe(before);
    const small = [{ ...faces[0]!, pixels: new Uint8Array(12) }];
    expect(() => newcomers(model, small, () => true)).toThrow(
      'candidate candidate-0-0: expected shape [16, 16, 3], received [12]',
    );
    model.dispose();
  });
});
