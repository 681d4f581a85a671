import { existsSync } from 'node:fs';
import sharp from 'sharp';
import type { Sharp } from 'sharp';
import { expect, test } from 'vitest';
import { damageOf, loadDecoder } from '../../../operators/image/decode.ts';
import { loadJpegDecoder } from '../../../operators/image/jpeg.ts';
import { keyedRandom } from '../../../operators/maths/keyedRandom.ts';
import { RxfaceError } from '../../../pipeline/errors.ts';
import { decodeWithSharp } from '../../../pipeline/pixels.ts';
import { readTarGz } from './tarOfFaces.ts';

/** Waves with noise: every coefficient of the transform is at work. */
function drawn(height: number, width: number): Sharp {
  const random = keyedRandom(3, 'drawn', height, width);
  const data = new Uint8Array(height * width * 3);
  data.forEach((_, i) => {
    const x = Math.floor(i / 3) % width;
    const y = Math.floor(i / 3 / width);
    data[i] = 127 + 60 * Math.sin(x / (3 + (i % 3))) + 40 * Math.cos(y / 5 + x / 9) + 25 * random();
  });
  return sharp(data, { raw: { height, width, channels: 3 } });
}

const kinds: Record<string, (image: Sharp) => Sharp> = {
  '4:2:0': (image) => image.jpeg({ chromaSubsampling: '4:2:0' }),
  '4:4:4': (image) => image.jpeg({ chromaSubsampling: '4:4:4', quality: 97 }),
  'low quality': (image) => image.jpeg({ quality: 12 }),
  progressive: (image) => image.jpeg({ progressive: true }),
  'optimised by mozjpeg': (image) => image.jpeg({ mozjpeg: true }),
  grey: (image) => image.toColourspace('b-w').jpeg(),
  'with a colour profile': (image) => image.withIccProfile('p3').jpeg(),
  'lying on its side': (image) => image.withMetadata({ orientation: 6 }).jpeg(),
};

test.each(Object.keys(kinds))('both decoders give the same pixels: %s', async (kind) => {
  const jpeg = await loadJpegDecoder();
  const sizes: [number, number][] = [
    [112, 112],
    [113, 97],
    [9, 31],
    [1, 1],
    [2, 3],
  ];
  for (const [height, width] of sizes) {
    const bytes = await kinds[kind]!(drawn(height, width)).toBuffer();
    const pixels = jpeg(bytes)!;
    expect([pixels.height, pixels.width]).toEqual([height, width]);
    expect(Buffer.compare(pixels.data, (await decodeWithSharp(bytes)).data)).toBe(0);
  }
});

const FACES = ['celeba299/celeba112', 'bollywood64/bollywood64', 'cfp112/cfp112', 'fairface_val/fairface112'];
test.for(FACES)('both decoders give the same pixels: %s', async (name, { skip }) => {
  const path = new URL(`../../../../shared/data/${name}.tar.gz`, import.meta.url);
  skip(!existsSync(path), `${name}.tar.gz is not beside the checkout`);
  const jpeg = await loadJpegDecoder();
  const faces = await readTarGz(path, 100);
  expect(faces.length).toBe(100);
  for (const bytes of faces) {
    expect(Buffer.compare(jpeg(bytes)!.data, (await decodeWithSharp(bytes)).data)).toBe(0);
  }
});

test('decodes PNG and WebP without loss, alpha dropped, and CMYK', async () => {
  const decode = await loadDecoder();
  const image = drawn(20, 30);
  const { data } = await decodeWithSharp(await image.clone().png().toBuffer());
  for (const bytes of [
    await image.clone().png({ palette: false }).toBuffer(),
    await image.clone().ensureAlpha(0.5).png().toBuffer(),
    await image.clone().webp({ lossless: true }).toBuffer(),
    await image.clone().toColourspace('rgb16').png().toBuffer(),
  ]) {
    expect(Buffer.compare((await decode(bytes)).data, data)).toBe(0);
  }
  const greyAlpha = await image.clone().toColourspace('b-w').ensureAlpha(0.5).png().toBuffer();
  expect((await decode(greyAlpha)).data.length).toBe(20 * 30 * 3);
  const cmyk = await decode(await image.clone().toColourspace('cmyk').jpeg().toBuffer());
  expect([cmyk.height, cmyk.width, cmyk.data.length]).toEqual([20, 30, 1800]);
});

test('goes on after any number of damaged JPEGs', async () => {
  const decode = await loadDecoder();
  const whole = await drawn(40, 40).jpeg().toBuffer();
  const expected = (await decode(whole)).data;
  for (let i = 0; i < 300; i++) {
    await expect(async () => decode(whole.subarray(0, whole.length - 20 - (i % 100)))).rejects.toThrow(
      /damaged JPEG: /,
    );
    expect(Buffer.compare((await decode(whole)).data, expected)).toBe(0);
  }
});

test('says what is wrong with the bytes', async () => {
  const decode = await loadDecoder();
  const png = await drawn(9, 9).png().toBuffer();
  const reason = async (bytes: Uint8Array): Promise<string> => {
    try {
      await decode(bytes);
      return 'none';
    } catch (error) {
      return (error as Error).message;
    }
  };
  expect(await reason(Buffer.from('this is not a picture'))).toBe(
    'not a JPEG, PNG or WebP (starts with "this is not ")',
  );
  expect(await reason(new Uint8Array(0))).toBe('not a JPEG, PNG or WebP (starts with nothing)');
  expect(await reason(Uint8Array.of(0, 1, 2, 255))).toBe('not a JPEG, PNG or WebP (starts with 00 01 02 ff)');
  expect(await reason(png.subarray(0, 20))).toBe('cut off, or its header is damaged (20 bytes)');
  const webp = await drawn(9, 9).webp().toBuffer();
  expect(await reason(webp.subarray(0, 20))).toBe('cut off, or its header is damaged (20 bytes)');
  const wave = Buffer.from('RIFF\x24\x10\0\0WAVEfmt \x10\0\0\0'.padEnd(64, '\0'), 'latin1');
  expect(await reason(wave)).toBe('not a JPEG, PNG or WebP (starts with 52 49 46 46 24 10 00 00)');
  expect(await reason(png.subarray(0, 80))).toMatch(/^damaged PNG: /);
  const jpeg = await drawn(40, 40).jpeg().toBuffer();
  expect(await reason(jpeg.subarray(0, 600))).toMatch(/premature end/);
  jpeg[3] = 0;
  expect(await reason(jpeg)).toBe(`cut off, or its header is damaged (${jpeg.length} bytes)`);
});

test('what bytes can cause is damage, a mistake of the program is not', () => {
  expect(damageOf(new RxfaceError('cut off'))).toBe('cut off');
  expect(() => damageOf(new TypeError('no such method'))).toThrow(TypeError);
});
