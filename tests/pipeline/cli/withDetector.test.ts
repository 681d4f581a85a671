import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { describe, expect, it, vi } from 'vitest';
import { decodeNpy } from '../../../pipeline/bytes/npy.ts';
import { convertCommand } from '../../../pipeline/cli/convert.ts';
import { embedCommand } from '../../../pipeline/cli/embed.ts';
import { verifyCommand } from '../../../pipeline/cli/verify.ts';
import { withDetector } from '../../../pipeline/cli/withDetector.ts';
import { hasOnnx } from '../../../pipeline/engine/onnx.ts';
import { openSource } from '../../../sources/openSource.ts';
import { folder, put } from '../../fixtures/archives.ts';
import { commandLine } from '../../fixtures/commandLine.ts';

const data = fileURLToPath(new URL('../../../../shared/data', import.meta.url));
const yunet = join(data, 'models/yunet_n_dynamic.onnx');
const recogniser = join(data, 'models/mobilefacenet_insightface_y1.onnx');
const there = existsSync(yunet) && existsSync(join(data, 'originals'));
const align = ['--align', '--detector', yunet];

it('works without a detector where none is asked for, and wants both options or none', async () => {
  expect(await withDetector('embed', {}, async (detector) => detector)).toBeUndefined();
  const work = vi.fn<() => Promise<void>>();
  await expect(withDetector('embed', { align: true }, work)).rejects.toThrow('embed: --detector must be given with');
  await expect(withDetector('embed', { detector: 'a.onnx' }, work)).rejects.toThrow(
    'embed: --align must be given with',
  );
  expect(work).not.toHaveBeenCalled();
});

it('warns of images whose geometry does not look aligned', async () => {
  const here = folder();
  for (const [name, side] of [['a/1.png', 112], ['a/2.png', 90], ['b/1.png', 60]] as const) // prettier-ignore
    put(here, { [`in/${name}`]: await sharp({ create: { width: side, height: 112, channels: 3, background: '#345' } }).png().toBuffer() }); // prettier-ignore
  const warning = 'rxface: 2 images that by their size do not look aligned (the first: a/2.png) were resized, not aligned: their figures say little; --align --detector FILE.onnx finds faces'; // prettier-ignore
  const embedded = await commandLine(embedCommand, 'embed', join(here, 'in'), '--model', 'untrained:ir10', '--threads', '0', '--out', join(here, 'e.npy')); // prettier-ignore
  expect([embedded.code, embedded.err.at(-1)]).toEqual([0, warning]);
  const converted = await commandLine(convertCommand, 'convert', join(here, 'in'), join(here, 'out'), '--size', '112', '--threads', '0'); // prettier-ignore
  expect([converted.code, converted.err.at(-1)]).toEqual([0, warning]);
});

describe.skipIf(!hasOnnx() || !there)('--align --detector (with onnxruntime-node and ../shared/data)', () => {
  it('embeds, converts and compares photographs as it does the faces that were aligned before', async () => {
    const here = folder();
    const names = ['Ted_Williams/Ted_Williams_0001.jpg', 'James_Comey/James_Comey_0001.jpg'];
    for (const [kind, path, prefix] of [
      ['photographs', 'originals/originals.tar.gz', 'lfw250/'],
      ['aligned', 'lfw112/lfw112.tar.gz', ''],
    ] as const) {
      // prettier-ignore
      const source = await openSource(join(data, path));
      const at = [...source.labels.keys()].filter((i) => names.includes(source.id(i).replace(prefix, '')));
      for (const { id, bytes } of await source.read(Int32Array.from(at))) put(here, { [`${kind}/${id.replace(prefix, '')}`]: Buffer.from(bytes!) }); // prettier-ignore
      await source.close();
    }
    const rows = async (kind: string, ...more: string[]): Promise<Float32Array> => {
      const out = join(here, `${kind}${more.length}.npy`);
      const ended = await commandLine(embedCommand, 'embed', join(here, kind), '--model', recogniser, '--threads', '0', '--out', out, ...more); // prettier-ignore
      expect(ended.code).toBe(0);
      return Float32Array.from(decodeNpy(await readFile(out), out).data as Float32Array);
    };
    const cosine = (a: Float32Array, b: Float32Array): number => {
      const dot = (x: Float32Array, y: Float32Array): number => x.reduce((sum, value, i) => sum + value * y[i]!, 0);
      return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
    };
    const [aligned, found, resized] = [await rows('aligned'), await rows('photographs', ...align), await rows('photographs')]; // prettier-ignore
    for (const k of [0, 1]) {
      const row = (of: Float32Array): Float32Array => of.subarray(128 * k, 128 * (k + 1));
      // JPEG of quality 90 lies between the two.
      expect(cosine(row(aligned), row(found))).toBeGreaterThan(0.97);
      expect(cosine(row(aligned), row(resized))).toBeLessThan(0.9);
    }
    const converted = await commandLine(convertCommand, 'convert', join(here, 'photographs'), join(here, 'faces'), '--size', '112', '--threads', '0', ...align); // prettier-ignore
    expect([converted.code, converted.err.filter((line) => line.includes('aligned'))]).toEqual([0, []]);
    const files = names.map((name) => join(here, 'photographs', name));
    const compared = await commandLine(verifyCommand, 'verify', ...files, '--model', recogniser, ...align, '--json');
    const { similarity, notAligned } = JSON.parse(compared.out.join('')) as {
      similarity: number;
      notAligned: string[];
    };
    expect(notAligned).toEqual([]);
    expect(similarity).toBeCloseTo(cosine(found.subarray(0, 128), found.subarray(128)), 4);
  });
});
