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
 * @throws Error of libvips where the bytes are no image, or a damaged one: a warning counts as damage. The same for the same
 *   bytes, whatever is decoded beside.
 */
export async function decodeWithSharp(bytes: Uint8Array): Promise<Pixels> {
  const first = decode(bytes);
  underWay.add(first);
  try {
    return await first;
  } catch {
    // libvips has one account of errors for all that is decoded at once: what it said of this image may be lost, or be of another.
    const alone = queue.then(async () => {
      await Promise.allSettled(underWay);
      return decode(bytes);
    });
    queue = alone.catch(() => undefined);
    return await alone;
  } finally {
    underWay.delete(first);
  }
}

/** First tries that are not settled, and images that are decoded again, one after another. */
const underWay = new Set<Promise<Pixels>>();
let queue: Promise<unknown> = Promise.resolve();

async function decode(bytes: Uint8Array): Promise<Pixels> {
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

/**
 * Encodes as JPEG, colours at half resolution, as OpenCV writes them. The bytes are the same each time for one version of
 * sharp.
 *
 * @param quality 1 to 100
 * @return bytes in memory of their own
 */
export async function encodeJpeg({ height, width, data }: Pixels, quality: number): Promise<Uint8Array> {
  const sharp = await loadSharp();
  const image = sharp(data, { raw: { height, width, channels: 3 } });
  return Uint8Array.from(await image.jpeg({ quality }).toBuffer());
}

/**
 * Renders an SVG and encodes it as JPEG, colours at full resolution.
 *
 * The bytes are the same each time on one machine; another version of sharp may round another way.
 *
 * @param options.quality 1 to 100
 * @param options.sigma of a Gaussian blur in pixels; below 0.3, which no pixel shows, there is none
 * @return bytes in memory of their own
 */
export async function encodeSvg(svg: string, options: { quality: number; sigma?: number }): Promise<Uint8Array> {
  const sharp = await loadSharp();
  const { quality, sigma = 0 } = options;
  const drawing = sharp(Buffer.from(svg)).removeAlpha();
  const image = sigma >= 0.3 ? drawing.blur(sigma) : drawing;
  return Uint8Array.from(await image.jpeg({ quality, chromaSubsampling: '4:4:4' }).toBuffer());
}

/** Loaded at the first use: most runs see JPEG only, and their worker threads need no libvips. */
async function loadSharp(): Promise<SharpConstructor> {
  const { default: sharp } = await import('sharp');
  // Every image is read once: libvips would only hold memory.
  sharp.cache(false);
  return sharp;
}
