import sharp from 'sharp';
import type { Sharp } from 'sharp';
import { expect, test } from 'vitest';
import { loadJpegDecoder } from '../../../operators/image/jpeg.ts';
import { loadTurboJpeg } from '../../../operators/image/turboJpeg.ts';
import { decodeWithSharp } from '../../../pipeline/pixels.ts';

const native = await loadTurboJpeg();
const none = 'there is no build of libjpeg-turbo for this machine';

/** Waves in three channels: no block of it is flat. */
function waves(height: number, width: number): Sharp {
  const data = Uint8Array.from(
    { length: height * width * 3 },
    (_, i) => 128 + 120 * Math.sin(i / (2 + (i % 3))) * Math.cos(i / 331),
  );
  return sharp(data, { raw: { height, width, channels: 3 } });
}

const KINDS: Record<string, (image: Sharp) => Sharp> = {
  '4:2:0': (image) => image.jpeg({ chromaSubsampling: '4:2:0' }),
  '4:4:4': (image) => image.jpeg({ chromaSubsampling: '4:4:4', quality: 97 }),
  progressive: (image) => image.jpeg({ progressive: true }),
  grey: (image) => image.toColourspace('b-w').jpeg(),
};

test.for(Object.keys(KINDS))('gives the pixels of WebAssembly and of sharp: %s', async (kind, { skip }) => {
  skip(native === undefined, none);
  const wasm = await loadJpegDecoder();
  for (const [height, width] of [
    [112, 112],
    [113, 97],
    [9, 31],
    [1, 1],
  ] as const) {
    const bytes = await KINDS[kind]!(waves(height, width)).toBuffer();
    const pixels = native!(bytes)!;
    expect([pixels.height, pixels.width]).toEqual([height, width]);
    expect(Buffer.compare(pixels.data, wasm(bytes)!.data)).toBe(0);
    expect(Buffer.compare(pixels.data, (await decodeWithSharp(bytes)).data)).toBe(0);
  }
});

test('decodes into what has the size of the image, and into nothing else', async ({ skip }) => {
  skip(native === undefined, none);
  const wasm = await loadJpegDecoder();
  const bytes = await waves(6, 4).jpeg().toBuffer();
  for (const decode of [native!, wasm]) {
    const into = { height: 6, width: 4, data: new Uint8Array(72) };
    expect(decode(bytes, into)!.data).toBe(into.data);
    expect(into.data.some((value) => value > 0)).toBe(true);
    const turned = { height: 4, width: 6, data: new Uint8Array(72) };
    expect(decode(bytes, turned)!.data).not.toBe(turned.data);
    expect(turned.data.every((value) => value === 0)).toBe(true);
  }
});

test('says undefined for a cut JPEG and for none at all, and goes on', async ({ skip }) => {
  skip(native === undefined, none);
  const bytes = await waves(40, 40).jpeg().toBuffer();
  const whole = native!(bytes)!.data;
  for (const broken of [bytes.subarray(0, bytes.length - 60), bytes.subarray(0, 30), new Uint8Array(0)]) {
    expect(native!(broken)).toBeUndefined();
    expect(native!(bytes)!.data).toEqual(whole);
  }
});
