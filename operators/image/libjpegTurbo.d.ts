/** libjpeg-turbo, decoder only, compiled to WebAssembly. */
declare module '@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasmjs' {
  export interface FrameInfo {
    width: number;
    height: number;
    /** 1 grey, 3 anything else. */
    componentCount: number;
  }
  /** Views lie in the module's memory: they are good until its next call. */
  export class JPEGDecoder {
    getEncodedBuffer(length: number): Uint8Array;
    /** Throws a number (a C++ exception) where libjpeg-turbo fails or warns. */
    decode(): void;
    getDecodedBuffer(): Uint8ClampedArray;
    getFrameInfo(): FrameInfo;
  }
  export interface LibJpegTurbo {
    JPEGDecoder: typeof JPEGDecoder;
  }
  export default function libjpegturbo(module?: { printErr?: (text: string) => void }): Promise<LibJpegTurbo>;
}
