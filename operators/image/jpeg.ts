import libjpegTurbo from '@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasmjs';
import type { Pixels } from '../../pipeline/pixels.ts';

/** Decodes one JPEG, synchronously; undefined where it is damaged or of a kind that libjpeg-turbo does not turn into RGB. */
export type JpegDecoder = (bytes: Uint8Array) => Pixels | undefined;

/**
 * Loads libjpeg-turbo as WebAssembly: exact integer DCT, smooth chroma upsampling, warnings taken as damage.
 *
 * In plain words: the decoder that gives the same pixels on every machine, whatever engine trains.
 *
 * A decoder that has once given undefined must not be used again: the exception it swallowed leaves the module's
 * stack as deep as it was, and some hundred of them overflow it. Load another one (7 ms).
 */
export async function loadJpegDecoder(): Promise<JpegDecoder> {
  const { JPEGDecoder } = await libjpegTurbo();
  const decoder = new JPEGDecoder();
  return (bytes) => {
    try {
      decoder.getEncodedBuffer(bytes.length).set(bytes);
      decoder.decode();
    } catch {
      return undefined;
    }
    const { height, width, componentCount } = decoder.getFrameInfo();
    const decoded = decoder.getDecodedBuffer();
    const data = new Uint8Array(height * width * 3);
    if (componentCount === 3) data.set(decoded);
    else for (let i = 0, o = 0; i < decoded.length; i++) data[o++] = data[o++] = data[o++] = decoded[i]!;
    return { height, width, data };
  };
}
