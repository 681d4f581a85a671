import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { dispose } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import type { StateMap } from '../../../pipeline/contracts.ts';
import { decodeNpy } from '../../../pipeline/bytes/npy.ts';
import { decodeSafetensors } from '../../fixtures/safetensors.ts';
import { startEngine } from '../../../pipeline/engine/load.ts';
import { fold } from '../../../operators/net/folded.ts';
import { emptyModel } from '../../../operators/net/model.ts';
import { recognise } from '../../../operators/net/recognise.ts';
import { WeightsError } from '../../../operators/net/weights.ts';
import { parseTorchWeights } from '../../../sources/parse/torchWeights.ts';

/** Written by tests/fixtures/checkpoints.py. */
function bytesOf(name: string): Uint8Array {
  return readFileSync(fileURLToPath(new URL(`../../fixtures/torch/${name}`, import.meta.url)));
}
const embedded = JSON.parse(new TextDecoder().decode(bytesOf('embedded.json'))) as Record<string, number[][]>;
const pixels = decodeNpy(bytesOf('pixels.npy'), 'pixels.npy').data as Uint8Array;

function stateOf(name: string): StateMap {
  if (name.endsWith('.safetensors')) return decodeSafetensors(bytesOf(name), name).state;
  return parseTorchWeights(bytesOf(name), name);
}

beforeAll(() => startEngine({ want: 'cpu' }));

describe('recognise', () => {
  it.each(Object.keys(embedded))('%s embeds as PyTorch does, folded or not', (name) => {
    const { architecture, weights } = recognise(stateOf(name));
    const model = emptyModel(architecture, { precision: 'float32' });
    model.load(weights);
    const folded = fold(model);
    for (const network of [model, folded]) {
      const z = network.embed(model.normalise(pixels, 3, [32, 32]));
      const values = z.arraySync();
      dispose(z);
      for (const [row, expected] of embedded[name]!.entries()) {
        const norm = (v: number[]): number => Math.hypot(...v);
        const dot = values[row]!.reduce((sum, value, i) => sum + value * expected[i]!, 0);
        expect(dot / norm(values[row]!) / norm(expected)).toBeGreaterThan(1 - 1e-4);
        expect(Math.abs(norm(values[row]!) / norm(expected) - 1)).toBeLessThan(1e-4);
      }
    }
    folded.dispose();
    model.dispose();
  });

  it.each([
    ['adaface.ckpt', 'AdaFace', { channels: 'bgr', mean: 0.5, std: 0.5 }, undefined, 4],
    ['cvlface.pt', 'CVLface', { channels: 'rgb', mean: 0.5, std: 0.5 }, undefined, 0],
    ['cvlface.safetensors', 'CVLface', { channels: 'rgb', mean: 0.5, std: 0.5 }, undefined, 0],
    ['arcface.pt', 'insightface', { channels: 'rgb', mean: 0.5, std: 0.5 }, 'convolution', 0],
    ['magface.pth', 'MagFace', { channels: 'bgr', mean: 0, std: 1 }, 'convolution', 1],
  ])('%s is of %s, and tells its pixels, graph and shape', (name, layout, input, shortcut, leftOut) => {
    const found = recognise(stateOf(name));
    const { shortcut: kind, ...rest } = found.architecture;
    expect([found.layout, kind, found.leftOut.length]).toEqual([layout, shortcut, leftOut]);
    expect(rest).toEqual({ name: 'ir18', units: [2, 2, 2, 2], widths: [2, 3, 4, 5], squeezeExcite: false, embedding: 6, size: [32, 32], dropout: 0.4, input }); // prettier-ignore
  });

  it('takes the order of channels that a config beside the file names', () => {
    expect(recognise(stateOf('cvlface.pt'), { channels: 'bgr' }).architecture.input.channels).toBe('bgr');
  });

  it('folds a last scale other than 1, even one that turns the sign', () => {
    const state = stateOf('arcface.pt');
    const scale = Float32Array.of(2, -1, 0.5, 1, 1, 1);
    state['features.weight'] = { shape: [6], data: scale };
    const bias = state['features.bias']!.data;
    const { architecture, weights } = recognise(state);
    const model = emptyModel(architecture, { precision: 'float32' });
    model.load(weights);
    const z = model.embed(model.normalise(pixels, 3, [32, 32]));
    const expected = embedded['arcface.pt']!.flatMap((row) => row.map((v, i) => (v - bias[i]!) * scale[i]! + bias[i]!));
    for (const [i, value] of z.dataSync().entries()) expect(value).toBeCloseTo(expected[i]!, 4);
    dispose(z);
    model.dispose();
  });

  it('lists every key that does not fit, as the file calls it', () => {
    const { 'layer2.0.bn1.weight': gone, 'fc.bias': bias, ...state } = stateOf('arcface.pt');
    expect(gone!.shape).toEqual([2]);
    const odd = { ...state, 'fc.bias': { shape: [2], data: bias!.data.slice(0, 2) }, 'layer9.gate': bias! };
    let error: unknown;
    try {
      recognise(odd);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(WeightsError);
    expect(error).toMatchObject({
      missing: ['layer2.0.bn1.weight'],
      unexpected: ['layer9.gate'],
      wrongShapes: ['fc.bias: expected [6], received [2]'],
    });
  });

  it('says what it does not know', () => {
    const array = { shape: [1], data: Float32Array.of(1) };
    expect(() => recognise({ 'layers.0.features.weight': array, b: array })).toThrow(
      'no network of AdaFace, CVLface, insightface, MagFace: the first of its 2 keys are layers.0.features.weight, b',
    );
    expect(() => recognise({ 'backbone.conv1.weight': array })).toThrow(/no network of AdaFace/);
    expect(() => recognise({ 'conv1.weight': array })).toThrow('a network of no blocks a stage is not known');
  });
});
