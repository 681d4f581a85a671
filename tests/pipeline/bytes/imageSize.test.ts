import sharp from 'sharp';
import { expect, it } from 'vitest';
import { imageSize } from '../../../pipeline/bytes/imageSize.ts';
import { imageBytes } from '../../fixtures/archives.ts';

const drawing = () => sharp({ create: { width: 37, height: 21, channels: 3, background: '#a63' } });

it.each([
  ['jpeg', drawing().jpeg()],
  [
    'jpeg',
    drawing()
      .jpeg({ progressive: true })
      .withExif({ IFD0: { Copyright: 'nobody' } }),
  ],
  ['png', drawing().png()],
  ['webp', drawing().webp()],
  ['webp', drawing().webp({ lossless: true })],
  ['webp', drawing().ensureAlpha(0.5).webp({ alphaQuality: 50 })],
] as const)('reads the size of a %s from its header', async (format, image) => {
  expect(imageSize(await image.toBuffer())).toMatchObject({ format, width: 37, height: 21 });
});

it('knows grey JPEGs by their components', async () => {
  expect(imageSize(await drawing().toColourspace('b-w').jpeg().toBuffer())?.components).toBe(1);
});

it('is undefined for what is no image, or ends before its size', async () => {
  const jpeg = await drawing().jpeg().toBuffer();
  expect(imageSize(new TextEncoder().encode('a text file called face.jpg, of some length'))).toBeUndefined();
  expect(imageSize(jpeg.subarray(0, 60))).toBeUndefined();
  expect(imageSize(new Uint8Array(0))).toBeUndefined();
  expect(imageSize(imageBytes(1))).toEqual({ format: 'jpeg', width: 10, height: 21, components: 3 });
});
