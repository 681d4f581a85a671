import { imageSize } from '../../pipeline/bytes/imageSize.ts';
import { RxfaceError } from '../../pipeline/errors.ts';
import { decodeWithSharp } from '../../pipeline/pixels.ts';
import type { Pixels } from '../../pipeline/pixels.ts';
import { loadJpegDecoder } from './jpeg.ts';
import { loadTurboJpeg } from './turboJpeg.ts';

/** Larger JPEGs go to sharp: WebAssembly memory never shrinks again. */
const MOST_PIXELS = 2 ** 24;

/** Encoded bytes to RGB pixels, at once for the usual JPEG, else as a promise; a JPEG's into `into` where that has its size. */
export type Decode = (bytes: Uint8Array, into?: Pixels) => Pixels | Promise<Pixels>;

/**
 * Loads the decoder of JPEG, PNG and WebP.
 *
 * In plain words: JPEGs are decoded on the spot by libjpeg-turbo, as machine code where there is any for the machine, else in
 * WebAssembly; what it does not take (PNG, WebP, CMYK, huge or damaged JPEGs) goes to sharp. Where several can, all give the
 * same pixels, so nobody downstream sees which one it was.
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
  const jpeg = (await loadTurboJpeg()) ?? (await loadJpegDecoder());
  return (bytes, into) => {
    const head = imageSize(bytes);
    if (head === undefined) throw new RxfaceError(notAnImage(bytes));
    const { format, height, width, components } = head;
    if (format === 'jpeg' && components !== 4 && height * width <= MOST_PIXELS) {
      const pixels = jpeg(bytes, into);
      if (pixels !== undefined) return pixels;
    }
    return decodeWithSharp(bytes).catch((error: unknown) => {
      throw new RxfaceError(`damaged ${format === 'webp' ? 'WebP' : format.toUpperCase()}: ${firstLine(error)}`, {
        cause: error,
      });
    });
  };
}

function notAnImage(bytes: Uint8Array): string {
  const start = showStart(bytes);
  const webp = /^RIFF[^]{4}WEBP/.test(String.fromCharCode(...bytes.subarray(0, 12)));
  return webp || /^(ff d8 ff|89 50 4e 47)/.test(start)
    ? `cut off, or its header is damaged (${bytes.length} bytes)`
    : `not a JPEG, PNG or WebP (starts with ${start})`;
}

/** The first bytes as a person can read them: as text where they are text, else in hexadecimal. */
function showStart(bytes: Uint8Array): string {
  if (bytes.length === 0) return 'nothing';
  const start = bytes.subarray(0, 12);
  const isText = start.every((byte) => (byte >= 0x20 && byte < 0x7f) || (byte >= 0x09 && byte <= 0x0d));
  if (isText) return JSON.stringify(String.fromCharCode(...start));
  return Array.from(start.subarray(0, 8), (byte) => byte.toString(16).padStart(2, '0')).join(' ');
}

/**
 * What is wrong with a record whose decoding or placing failed.
 *
 * Only what a record's bytes can cause is the record's: an error of another kind is a mistake of the program, and is thrown.
 */
export function damageOf(error: unknown): string {
  if (!(error instanceof RxfaceError)) throw error;
  return error.message;
}

/** libvips repeats itself, a line per attempt. */
function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.split('\n')[0]!.replace(/^Input buffer has corrupt header: |^VipsJpeg: /g, '');
}
