import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { loadDecoder } from '../../../operators/image/decode.ts';
import { FaceDetector } from '../../../operators/image/faceDetector.ts';
import { hasOnnx } from '../../../pipeline/engine/onnx.ts';
import { openSource } from '../../../sources/openSource.ts';
import type { Pixels } from '../../../pipeline/pixels.ts';
import { onnxFile } from '../../fixtures/onnx.ts';

const data = fileURLToPath(new URL('../../../../shared/data', import.meta.url));
const there = existsSync(join(data, 'models/yunet_n_dynamic.onnx')) && existsSync(join(data, 'originals'));

describe.skipIf(!hasOnnx())('FaceDetector (where onnxruntime-node is installed)', () => {
  it('refuses what is no detector', async () => {
    const path = join(mkdtempSync(join(tmpdir(), 'rxface-detector-')), 'a.onnx');
    writeFileSync(path, onnxFile(['N', 3, 'H', 'W']));
    await expect(FaceDetector.open(path)).rejects.toThrow(/expected a detector, YuNet or SCRFD with five points.*found 'x1'/); // prettier-ignore
    writeFileSync(path, onnxFile([1, 3, 112, 112]));
    await expect(FaceDetector.open(path)).rejects.toThrow('that takes pictures of any size');
  });
});

describe.skipIf(!hasOnnx() || !there)('FaceDetector on photographs (with onnxruntime-node and ../shared/data)', () => {
  /** The first photographs of LFW with the points that YuNet's own tools found in them. */
  async function photographs(): Promise<{ image: Pixels; points: number[] }[]> {
    const table = gunzipSync(readFileSync(join(data, 'lfw112/landmarks.csv.gz')))
      .toString()
      .trim()
      .split('\n')
      .slice(1);
    const pointsOf = new Map(
      table.map((line) => line.split(',')).map((row) => [row[0]!, row.slice(5, 15).map(Number)]),
    );
    const source = await openSource(join(data, 'originals/originals.tar.gz'));
    const decode = await loadDecoder();
    const at = [...source.labels.keys()].filter((i) => source.id(i).startsWith('lfw250/')).slice(0, 30);
    const samples = await source.read(Int32Array.from(at));
    await source.close();
    return Promise.all(samples.map(async ({ id, bytes }) => ({ image: await decode(bytes!), points: pointsOf.get(id.replace('lfw250/', ''))! }))); // prettier-ignore
  }

  it.each([
    { file: 'yunet_n_dynamic', name: 'YuNet', most: 0.02 },
    // Another network: it sees the same faces, a tenth of the way between the eyes apart.
    { file: 'scrfd_500m', name: 'SCRFD', most: 12 },
  ])('finds the landmarks of LFW with $name', async ({ file, name, most }) => {
    const detector = await FaceDetector.open(join(data, `models/${file}.onnx`));
    expect(detector.recognised).toContain(`: ${name}, by its outputs`);
    const shown = await photographs();
    expect(shown).toHaveLength(30);
    for (const { image, points } of shown) {
      const face = await detector.detectOne(image);
      points.forEach((value, i) => expect(Math.abs(face!.points[i]! - value)).toBeLessThan(most));
    }
    expect(await detector.detect({ height: 40, width: 70, data: new Uint8Array(40 * 70 * 3).fill(128) })).toEqual([]);
    detector.dispose();
  });

  it('finds in a large photograph what it finds in a small one', async () => {
    const detector = await FaceDetector.open(join(data, 'models/yunet_n_dynamic.onnx'));
    const [{ image, points }] = (await photographs()) as [{ image: Pixels; points: number[] }];
    const large = { height: 4 * image.height, width: 4 * image.width, data: new Uint8Array(16 * image.data.length) };
    for (let i = 0; i < large.height * large.width; i++) {
      const from = Math.floor(i / large.width / 4) * image.width + Math.floor((i % large.width) / 4);
      large.data.set(image.data.subarray(3 * from, 3 * from + 3), 3 * i);
    }
    // Another size is another picture to the network: a few pixels, not a factor.
    const face = (await detector.detectOne(large))!;
    points.forEach((value, i) => expect(Math.abs(face.points[i]! / 4 - value)).toBeLessThan(8));
    detector.dispose();
  });
});
