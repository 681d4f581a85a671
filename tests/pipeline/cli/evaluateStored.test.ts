import { join } from 'node:path';
import { getBackend } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { folder, put } from '../../fixtures/archives.ts';
import { expectClose, expected, figures, rxface } from '../../fixtures/evaluated.ts';
import { keyedRandom } from '../../../operators/maths/keyedRandom.ts';
import { encodeNpy } from '../../../pipeline/bytes/npy.ts';
import { drawnPairs, drawnTinyFace, npyOf } from '../../fixtures/protocols.ts';

describe('evaluate tinyface', () => {
  it('agrees with the released script, ties and distractors that are copies of matches included', async () => {
    const here = folder();
    const { names, faces } = drawnTinyFace();
    put(here, { 'names.txt': names, 'both.npy': npyOf(faces), 'sum.npy': npyOf(faces, 'sum') });
    for (const file of ['both.npy', 'sum.npy']) {
      const result = await figures('tinyface', '--names', join(here, 'names.txt'), '--embeddings', join(here, file));
      expectClose(result['rank'], expected.tinyface.rank);
      expect(result).toMatchObject({ probes: expected.tinyface.probes, gallery: 300 });
    }
    const { out } = await rxface(
      'tinyface',
      '--names',
      join(here, 'names.txt'),
      '--embeddings',
      join(here, 'both.npy'),
    );
    expect(out[0]).toBe('TinyFace, 88 probes with a mate, gallery of 300');
    // Few comparisons are not worth an engine.
    expect(getBackend()).toBeFalsy();
  });
});

describe('evaluate tinyface of many', () => {
  it('lets an engine search, which finds the same', async () => {
    const here = folder();
    const [people, strangers, dimension] = [1500, 12_000, 8];
    const random = keyedRandom(5, 'test', 0, 0);
    const faces = Array.from({ length: people + strangers }, () => Array.from({ length: dimension }, () => random() - 0.5)); // prettier-ignore
    // Of every third person the mate looks the other way.
    const mates = faces.slice(0, people).map((face, i) => (i % 3 === 2 ? face.map((value) => -value) : face));
    const paths = [
      ...mates.map((_, i) => `Gallery_Match/${i}_1.jpg`),
      ...mates.map((_, i) => `Probe/${i}_2.jpg`),
      ...Array.from({ length: strangers }, (_, i) => `Gallery_Distractor/${i}.jpg`),
    ];
    const data = Float32Array.from([...mates, ...faces].flat());
    put(here, { 'names.txt': paths.join('\n'), 'e.npy': encodeNpy({ shape: [paths.length, dimension], data }) });
    const found = await figures('tinyface', '--names', join(here, 'names.txt'), '--embeddings', join(here, 'e.npy'));
    expect(found).toEqual({ rank: { '1': 2 / 3, '5': 2 / 3, '20': 2 / 3 }, probes: people, gallery: people + strangers }); // prettier-ignore
    expect(['tensorflow', 'wasm', 'cpu']).toContain(getBackend());
  });
});

describe('evaluate pairs', () => {
  it('agrees with the ten folds of the field, from .npy and from text', async () => {
    const here = folder();
    const { same, faces } = drawnPairs();
    put(here, {
      'e.npy': npyOf(faces),
      'same.npy': encodeNpy({ shape: [same.length], data: Uint8Array.from(same, Number) }),
      'same.txt': same.map((value) => (value ? 'True' : 'False')).join('\n'),
    });
    for (const list of ['same.npy', 'same.txt']) {
      const result = await figures('pairs', '--embeddings', join(here, 'e.npy'), '--issame', join(here, list));
      expectClose(result['accuracy'], expected.pairs.accuracy);
      expectClose(result['val'], expected.pairs.val);
      expectClose(result, { auc: expected.pairs.auc, threshold: expected.pairs.threshold });
    }
    const { out } = await rxface('pairs', '--embeddings', join(here, 'e.npy'), '--issame', join(here, 'same.txt'));
    expect(out[0]).toBe('pairs, 1,203 pairs');
  });
});
