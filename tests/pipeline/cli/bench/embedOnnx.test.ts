import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { drawnPixels, onnxRate } from '../../../../pipeline/cli/bench/embedOnnx.ts';
import { hasOnnx } from '../../../../pipeline/engine/onnx.ts';
import { folder } from '../../../fixtures/archives.ts';
import { onnxFile } from '../../../fixtures/onnx.ts';
import { standIn } from '../../../fixtures/standIn.ts';

const small = { batch: 2, steps: 1, rounds: 2 };
const FIRST_BYTES = [0, 158, 60, 218, 120, 23, 181, 83];

it('draws noise that spreads over all bytes', () => {
  const pixels = drawnPixels(2, [20, 30]);
  expect(pixels).toHaveLength(3600);
  expect([...pixels.subarray(0, 8)]).toEqual(FIRST_BYTES);
  expect(new Set(pixels).size).toBe(256);
});

it('names a file that is not there', async () => {
  await expect(onnxRate({ ...small, model: '/no/a.onnx' }, () => {})).rejects.toThrow(/^\/no\/a\.onnx: /);
});

describe.skipIf(!hasOnnx())('an ONNX network (where onnxruntime-node is installed)', () => {
  it('embeds in turns with a peer that is told how, and must find the same', async () => {
    const model = `${folder()}/planes.onnx`;
    writeFileSync(model, onnxFile([1, 3, 1, 2]));
    // The first image, in planes: [0, 218, 158, 120, 60, 23].
    const answer = (last: number): string =>
      `"seconds": 2, "images": 2, "figures": {"length": ${Math.hypot(218, 158, 120, 60, 23)}, "first": 0, "last": ${last}}`;
    const options = { ...small, model, input: 'rgb:0..255' };
    const result = await onnxRate({ ...options, peer: standIn('Peer $*', answer(23)) }, () => {});
    expect(result).toMatchObject({ benchmark: 'embed', work: 'planes.onnx, batch 2', unit: 'images a second' });
    expect(result.min).toBeGreaterThan(0);
    expect(result.peers).toMatchObject([
      { name: `Peer --model=${model} --batch=2 --channels=rgb --mean=0,0,0 --std=1,1,1 --warmup=2`, median: 1 },
    ]);
    await expect(onnxRate({ ...options, peer: standIn('Peer 1', answer(24)) }, () => {})).rejects.toThrow(
      "bench embed: the last of an embedding is 23, the peer's 24: it does not do the same",
    );
  });
});
