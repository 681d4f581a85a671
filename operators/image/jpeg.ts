import libjpegTurbo from '@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasmjs';
import type { Pixels } from '../../pipeline/pixels.ts';

/**
 * Decodes one JPEG, synchronously, into `into` where that has its size; undefined where it is damaged or
 * nothing that this decoder turns into RGB.
 */
export type JpegDecoder = (bytes: Uint8Array, into?: Pixels) => Pixels | undefined;

/**
 * Loads libjpeg-turbo as WebAssembly: exact integer DCT, smooth chroma upsampling, warnings taken as damage.
 *
 * In plain words: the decoder that gives the same pixels on every machine, whatever engine trains.
 *
 * After damage it says undefined to everything for the 7 ms in which it loads anew: the exception that was swallowed leaves the
 * module's stack as deep as it was, and some hundred of them overflow it.
 */
export async function loadJpegDecoder(): Promise<JpegDecoder> {
  let module: JpegDecoder | undefined = await instance();
  return (bytes, into) => {
    const pixels = module?.(bytes, into);
    if (pixels === undefined && module !== undefined) {
      module = undefined;
      instance().then(
        (next) => (module = next),
        () => undefined,
      );
    }
    return pixels;
  };
}

/** One that must not be used again once it has said undefined. */
async function instance(): Promise<JpegDecoder> {
  const { JPEGDecoder } = await libjpegTurbo();
  const decoder = new JPEGDecoder();
  return (bytes, into) => {
    try {
      decoder.getEncodedBuffer(bytes.length).set(bytes);
      decoder.decode();
    } catch {
      return undefined;
    }
    const { height, width, componentCount } = decoder.getFrameInfo();
    const decoded = decoder.getDecodedBuffer();
    const fits = into?.height === height && into.width === width;
    const data = fits ? into.data : new Uint8Array(height * width * 3);
    if (componentCount === 3) data.set(decoded);
    else for (let i = 0, o = 0; i < decoded.length; i++) data[o++] = data[o++] = data[o++] = decoded[i]!;
    return { height, width, data };
  };
}
