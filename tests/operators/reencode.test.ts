import { beforeAll, describe, expect, it } from 'vitest';
import { align, ARCFACE_TEMPLATE } from '../../operators/image/align.ts';
import { loadDecoder, type Decode } from '../../operators/image/decode.ts';
import { setup } from '../../operators/reencode.ts';
import { OptionError } from '../../pipeline/errors.ts';
import type { Sample } from '../../pipeline/items.ts';
import { decodeWithSharp, encodeJpeg, encodePng, type Pixels } from '../../pipeline/pixels.ts';
import type { Result } from '../../pipeline/work.ts';

const CONTEXT = { stage: 'reencode', seed: 0 };
const photograph: Pixels = {
  height: 60,
  width: 50,
  data: Uint8Array.from({ length: 60 * 50 * 3 }, (_, i) => 128 + 100 * Math.sin(i / 70)),
};
let decode: Decode;
let sample: Sample;

beforeAll(async () => {
  decode = await loadDecoder();
  sample = { epoch: 0, position: 0, index: 0, id: 'ann/1.png', label: 4, bytes: await encodePng(photograph) };
});

async function one(given: Sample, options: Record<string, unknown>): Promise<Sample> {
  const work = await setup(options, CONTEXT);
  const [result] = (await work([given])) as [Result<Sample>];
  if ('fault' in result) throw new Error(result.fault.reason);
  return result.value;
}

describe('reencode', () => {
  it('encodes at the size an image has, in memory of its own, and keeps the rest', async () => {
    const { bytes, ...rest } = await one(sample, {});
    const { bytes: _, ...before } = sample;
    expect(rest).toEqual(before);
    expect(bytes).toEqual(await encodeJpeg(photograph, 95));
    expect(bytes!.buffer.byteLength).toBe(bytes!.length);
    const small = await one(sample, { quality: 30 });
    expect(small.bytes!.length).toBeLessThan(bytes!.length);
  });

  it('aligns where there are landmarks, which move with the face, and resizes where there are none', async () => {
    const points = Float32Array.from(ARCFACE_TEMPLATE, (value) => value / 2.5 + 3);
    const face: Pixels = { height: 32, width: 32, data: new Uint8Array(32 * 32 * 3) };
    const moved = align(photograph, points, face);
    const aligned = await one({ ...sample, points }, { size: [32, 32] });
    expect(aligned.points).toEqual(moved);
    expect(aligned.bytes).toEqual(await encodeJpeg(face, 95));

    const resized = await one({ ...sample, pointsMissing: true }, { size: [20, 24] });
    expect(resized).toMatchObject({ pointsMissing: true });
    expect(await decode(resized.bytes!)).toMatchObject({ height: 20, width: 24 });
  });

  it('can be aligned again without changing a pixel', async () => {
    const points = Float32Array.from(ARCFACE_TEMPLATE, (value) => value / 2.3 - 1);
    const aligned = await one({ ...sample, points }, { size: [112, 112] });
    const once = await decodeWithSharp(aligned.bytes!);
    const again: Pixels = { height: 112, width: 112, data: new Uint8Array(once.data.length) };
    align(once, aligned.points!, again);
    expect(again.data).toEqual(once.data);
  });

  it('passes on what is damaged, and says of what it cannot decode why', async () => {
    const { bytes: _, ...without } = sample;
    const damaged = { ...without, damage: 'its CRC does not match' };
    expect(await one(damaged, {})).toEqual(damaged);
    const text = await one({ ...sample, bytes: new TextEncoder().encode('no image') }, {});
    expect(text).toEqual({ ...without, damage: 'not a JPEG, PNG or WebP (starts with "no image")' });
  });

  it.each([
    [{ size: [0, 10] }, 'size must be [height, width]'],
    [{ size: 112 }, 'size must be [height, width]'],
    [{ quality: 101 }, 'quality must be a whole number in [1, 100]'],
    [{ sharpen: 1 }, 'sharpen must be left out'],
  ])('refuses %j', async (options, message) => {
    await expect(setup(options, CONTEXT)).rejects.toThrow(OptionError);
    await expect(setup(options, CONTEXT)).rejects.toThrow(message);
  });
});
