import { readImageHeader, showStart } from '../../pipeline/bytes/imageHeader.ts';
import { RxfaceError } from '../../pipeline/errors.ts';
import { decodeWithSharp } from '../../pipeline/pixels.ts';
import type { Pixels } from '../../pipeline/pixels.ts';
import { loadJpegDecoder } from './jpeg.ts';
import type { JpegDecoder } from './jpeg.ts';

/** Larger JPEGs go to sharp: WebAssembly memory never shrinks again. */
const MOST_PIXELS = 2 ** 24;

/** Encoded bytes to RGB pixels; at once for the usual JPEG, else as a promise. */
export type Decode = (bytes: Uint8Array) => Pixels | Promise<Pixels>;

/**
 * Loads the decoder of JPEG, PNG and WebP.
 *
 * In plain words: JPEGs are decoded on the spot by libjpeg-turbo; what it does not take (PNG, WebP, CMYK, huge or
 * damaged JPEGs) goes to sharp. Where both can, both give the same pixels, so nobody downstream sees which one it was.
 *
 * ```ts
 * const decode = await loadDecoder();
 * const { height, width, data } = await decode(bytes); // data: RGB, height x width x 3
 * ```
 *
 * Alpha is dropped, grey becomes three equal channels; colour profiles and orientation tags are ignored.
 *
 * @return A function that throws (or rejects with) an RxfaceError whose message is the reason, where the bytes are no
 * such image or a damaged one. What libjpeg warns about ("premature end of data", "extraneous bytes") is damage.
 */
export async function loadDecoder(): Promise<Decode> {
  let jpeg: JpegDecoder | undefined = await loadJpegDecoder();
  return (bytes) => {
    const header = readImageHeader(bytes);
    if (header === undefined) throw new RxfaceError(notAnImage(bytes));
    const { kind, height, width, components } = header;
    if (kind === 'JPEG' && components !== 4 && height * width <= MOST_PIXELS && jpeg !== undefined) {
      const pixels = jpeg(bytes);
      if (pixels !== undefined) return pixels;
      jpeg = undefined;
      // Until the next decoder is there, or should it fail to load, sharp does its work: slower, with the same pixels.
      loadJpegDecoder().then(
        (next) => (jpeg = next),
        () => undefined,
      );
    }
    return decodeWithSharp(bytes).catch((error: unknown) => {
      throw new RxfaceError(`damaged ${kind}: ${firstLine(error)}`, { cause: error });
    });
  };
}

function notAnImage(bytes: Uint8Array): string {
  const start = showStart(bytes);
  const known = /^"RIFF|^"?(ff d8 ff|89 50 4e 47)|^52 49 46 46/.test(start);
  return known
    ? `cut off after ${bytes.length} bytes, before its size is said`
    : `not a JPEG, PNG or WebP (starts with ${start})`;
}

/** libvips repeats itself, a line per attempt. */
function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.split('\n')[0]!.replace(/^Input buffer has corrupt header: |^VipsJpeg: /g, '');
}
