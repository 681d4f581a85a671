import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { from, lastValueFrom } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { onnxInput, OnnxModel } from '../../../operators/net/onnxModel.ts';
import { embed } from '../../../operators/steps/embed.ts';
import { hasOnnx } from '../../../pipeline/engine/onnx.ts';
import type { Batch } from '../../../pipeline/items.ts';
import { onnxFile } from '../../fixtures/onnx.ts';

function fileOf(...given: Parameters<typeof onnxFile>): string {
  const path = join(mkdtempSync(join(tmpdir(), 'rxface-onnx-')), 'a.onnx');
  writeFileSync(path, onnxFile(...given));
  return path;
}

describe('onnxInput', () => {
  it('reads the order of channels and the range', () => {
    expect(onnxInput('bgr:0..1')).toEqual({ channels: 'bgr', mean: [0, 0, 0], std: [255, 255, 255] });
    const { mean, std } = onnxInput('rgb:imagenet');
    expect([mean[0] / 255, std[2] / 255]).toEqual([expect.closeTo(0.485, 6), expect.closeTo(0.225, 6)]);
  });

  it.each(['', 'rgb', 'rgb:', 'gbr:0..1', 'rgb:toString', 'rgb:-1..1:2'])("refuses '%s'", (text) => {
    expect(() => onnxInput(text)).toThrow(/onnx: input must be rgb or bgr, a colon, and one of -1\.\.1, 0\.\.1/);
  });
});

describe.skipIf(!hasOnnx())('OnnxModel (where onnxruntime-node is installed)', () => {
  /** Two faces of 1x2 pixels, RGB. */
  const pixels = Uint8Array.of(0, 51, 102, 153, 204, 255, 1, 2, 3, 4, 5, 6);

  it.each([
    ['planes, RGB', ['N', 3, 1, 2], 'rgb:0..255', [0, 153, 51, 204, 102, 255, 1, 4, 2, 5, 3, 6]],
    ['planes, BGR', ['N', 3, 1, 2], 'bgr:0..255', [102, 255, 51, 204, 0, 153, 3, 6, 2, 5, 1, 4]],
    ['channels last', ['N', 1, 2, 3], 'bgr:0..255', [102, 51, 0, 255, 204, 153, 3, 2, 1, 6, 5, 4]],
    ['one face at a time', [1, 3, 1, 2], 'rgb:0..255', [0, 153, 51, 204, 102, 255, 1, 4, 2, 5, 3, 6]],
    ['three at a time', [3, 3, 1, 2], 'rgb:0..255', [0, 153, 51, 204, 102, 255, 1, 4, 2, 5, 3, 6]],
  ])('gives a network what it takes: %s', async (_, shape, input, expected) => {
    const model = await OnnxModel.open(fileOf(shape), input);
    expect(model.architecture).toEqual({ size: [1, 2], embedding: 6 });
    expect([...(await model.embed(pixels, 2))]).toEqual(expected);
    await expect(model.embed(pixels, 1)).rejects.toThrow('onnx: expected shape [1 x 1 x 2 x 3], received [12]');
    model.dispose();
  });

  it('brings pixels to the range it says', async () => {
    const model = await OnnxModel.open(fileOf(['N', 3, 1, 2]), 'rgb:-1..1');
    const values = await model.embed(pixels.subarray(0, 6), 1);
    expect([values[0], values[5]]).toEqual([-1, 1]);
    model.dispose();
  });

  it('assumes -1..1, and says so', async () => {
    const path = fileOf(['N', 3, 1, 2], ['Neg', 'Flatten']);
    const model = await OnnxModel.open(path);
    expect(model.recognised).toBe(
      `${path}: an ONNX network, 1x2 pixels RGB in -1..1, assumed (--input says otherwise), embedding 6`,
    );
    model.dispose();
  });

  it('refuses a network of no pictures', async () => {
    await expect(OnnxModel.open(fileOf(['N', 7]))).rejects.toThrow(/expected an input \[N, 3, H, W\]/);
  });

  it('embeds batches, with the mirrored faces added', async () => {
    const model = await OnnxModel.open(fileOf(['N', 3, 1, 2]), 'rgb:0..255');
    const batch: Batch = {
      epoch: 0,
      step: 0,
      pixels,
      size: [1, 2],
      labels: Int32Array.of(4, 5),
      ids: ['a', 'b'],
      keys: [],
      variation: {} as Batch['variation'],
    };
    const once = await lastValueFrom(from([batch]).pipe(embed({ model, flip: false })));
    expect([...once.values]).toEqual([0, 153, 51, 204, 102, 255, 1, 4, 2, 5, 3, 6]);
    const { values, dimension, ids } = await lastValueFrom(from([batch]).pipe(embed({ model })));
    expect([...values]).toEqual([153, 153, 255, 255, 357, 357, 5, 5, 7, 7, 9, 9]);
    expect([dimension, ids]).toEqual([6, ['a', 'b']]);
    model.dispose();
  });
});
