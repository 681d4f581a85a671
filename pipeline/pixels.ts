import type { Sharp, SharpConstructor } from 'sharp';

/** A decoded image: RGB, 8 bits, rows of width x 3 (HWC). */
export interface Pixels {
  height: number;
  width: number;
  data: Uint8Array;
}

/**
 * Decodes whatever sharp reads, to RGB.
 *
 * Colour profiles and orientation tags are ignored, alpha is dropped and only the first picture of an animation is
 * taken: landmarks and the other decoders speak of the pixels as stored.
 *
 * @throws Error of libvips where the bytes are no image, or a damaged one: a warning counts as damage.
 */
export async function decodeWithSharp(bytes: Uint8Array): Promise<Pixels> {
  const sharp = await loadSharp();
  const { data, info } = await sharp(bytes, { ignoreIcc: true })
    .toColourspace('srgb')
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return {
    height: info.height,
    width: info.width,
    data: new Uint8Array(data.buffer, data.byteOffset, data.length),
  };
}

/** Encodes as PNG; `overlay` is an SVG of the same size, drawn on top. */
export async function encodePng(pixels: Pixels, overlay?: string): Promise<Uint8Array> {
  const sharp = await loadSharp();
  const { height, width, data } = pixels;
  let image: Sharp = sharp(data, { raw: { height, width, channels: 3 } });
  if (overlay !== undefined) image = image.composite([{ input: Buffer.from(overlay) }]);
  return image.png().toBuffer();
}

/** Loaded at the first use: most runs see JPEG only, and their worker threads need no libvips. */
async function loadSharp(): Promise<SharpConstructor> {
  const { default: sharp } = await import('sharp');
  // Every image is read once: libvips would only hold memory.
  sharp.cache(false);
  return sharp;
}
