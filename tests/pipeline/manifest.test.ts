import { describe, expect, it } from 'vitest';
import {
  architectureIn,
  checkpointName,
  checkpointStep,
  classesOf,
  type Manifest,
  manifestText,
  modelMetadata,
  parseManifest,
  sha256,
} from '../../pipeline/manifest.ts';
import { FACTS } from '../fixtures/checkpoint.ts';

const MANIFEST: Manifest = {
  format: 1,
  ...FACTS,
  step: 4,
  epoch: 1,
  position: 8,
  files: { 'a.safetensors': sha256('a') },
};

const UNKNOWN_RANGE = { ...FACTS.architecture, input: { channels: 'rgb', mean: 0.5 } };

describe('parseManifest', () => {
  it('takes what a checkpoint writes', () => {
    expect(parseManifest(manifestText(MANIFEST), 'manifest.json')).toEqual(MANIFEST);
    // As before manifests were sealed.
    expect(parseManifest(JSON.stringify(MANIFEST), 'manifest.json')).toEqual(MANIFEST);
  });

  it.each([
    ['no JSON', 'a checkpoint manifest', '{'],
    ['null', 'a checkpoint manifest', 'null'],
    [
      'a later format',
      /format 1, the one this rxface reads \(a newer rxface wrote it\), found 2$/,
      JSON.stringify({ ...MANIFEST, format: 2 }),
    ],
    [
      'an older format',
      /format 1, .* \(an older rxface wrote it\), found 0$/,
      JSON.stringify({ ...MANIFEST, format: 0 }),
    ],
    ['no format', /checkpoint format 1, found 'one'$/, JSON.stringify({ ...MANIFEST, format: 'one' })],
    ['a step that was not written', 'a manifest of sha256 ', manifestText(MANIFEST).replace('"step": 4', '"step": 5')],
    ['no classes', 'a valid classes', JSON.stringify({ ...MANIFEST, classes: undefined })],
    [
      'a negative step and no files',
      'a valid step, files',
      JSON.stringify({ ...MANIFEST, step: -1, files: undefined }),
    ],
    ['no number of images', 'a valid images', JSON.stringify({ ...MANIFEST, images: undefined })],
    ['pixels of no known range', 'architecture', JSON.stringify({ ...MANIFEST, architecture: UNKNOWN_RANGE })],
    ['half an architecture', 'architecture', JSON.stringify({ ...MANIFEST, architecture: { name: 'ir10' } })],
  ])('refuses %s and says what it expected', (_, expected, text) => {
    expect(() => parseManifest(text, 'manifest.json')).toThrow(expected);
  });
});

describe('checkpointName', () => {
  it('is read back, in the order of the steps', () => {
    expect(checkpointName(400)).toBe('step-00000400');
    expect(checkpointStep('step-00000400')).toBe(400);
    expect(checkpointStep(checkpointName(1_234_567_890))).toBe(1_234_567_890);
    expect(checkpointStep('step-400')).toBeUndefined();
  });
});

describe('classesOf', () => {
  it('depends on names and their order', () => {
    expect(classesOf(['a', 'b'])).toEqual({ count: 2, sha256: sha256('a\nb') });
    expect(classesOf(['b', 'a']).sha256).not.toBe(classesOf(['a', 'b']).sha256);
  });
});

describe('architectureIn', () => {
  it('reads what the weights file says of itself, and refuses half of it', () => {
    expect(architectureIn(modelMetadata(FACTS), 'm.safetensors')).toEqual(FACTS.architecture);
    expect(architectureIn({}, 'm.safetensors')).toBeUndefined();
    expect(() => architectureIn({ architecture: '{}' }, 'm.safetensors')).toThrow(
      'm.safetensors: expected an architecture',
    );
  });
});
