import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { JpegDecoder } from './jpeg.ts';

/** Names of turbojpeg.h (3.x): a decompressor, its parameters, and the layout of pixels. */
const TJINIT_DECOMPRESS = 1;
const TJPARAM_WIDTH = 5;
const TJPARAM_HEIGHT = 6;
const TJPF_RGB = 0;
/** The library's build for this machine with glibc; the one for musl has a tail to its name. The other one does not load. */
const BUILD = `jpeg-turbo-${process.platform}-${process.arch}`;

/**
 * Loads libjpeg-turbo as machine code: exact integer DCT, smooth chroma upsampling, warnings taken as damage.
 *
 * In plain words: the same pixels as the one in WebAssembly, in half the time, where there is a build for the machine.
 *
 * The library is the one in the optional package @julusian/jpeg-turbo, called through koffi: that package's own functions
 * ask for the fast DCT, which is up to 8 grey levels off.
 *
 * @return undefined where one of both packages is not installed or has nothing for this machine
 */
export async function loadTurboJpeg(): Promise<JpegDecoder | undefined> {
  const tj3 = await loadLibrary();
  if (tj3 === undefined) return undefined;
  const { header, get, decompress } = tj3;
  const handle = tj3.init(TJINIT_DECOMPRESS);
  if (handle === null) return undefined;
  return (bytes, into) => {
    if (header(handle, bytes, bytes.length) !== 0) return undefined;
    // Asked of the library, not of whoever gave `into`: it writes as much as it thinks the image has.
    const height = get(handle, TJPARAM_HEIGHT);
    const width = get(handle, TJPARAM_WIDTH);
    const fits = into?.height === height && into.width === width;
    const data = fits ? into.data : new Uint8Array(height * width * 3);
    return decompress(handle, bytes, bytes.length, data, 0, TJPF_RGB) === 0 ? { height, width, data } : undefined;
  };
}

interface TurboJpeg {
  init(type: number): unknown;
  get(handle: unknown, parameter: number): number;
  header(handle: unknown, bytes: Uint8Array, length: number): number;
  decompress(handle: unknown, bytes: Uint8Array, length: number, into: Uint8Array, pitch: number, format: number): number; // prettier-ignore
}

async function loadLibrary(): Promise<TurboJpeg | undefined> {
  try {
    const { load } = await import('koffi');
    const builds = join(dirname(createRequire(import.meta.url).resolve('@julusian/jpeg-turbo')), 'prebuilds');
    const open = (build: string) => load(join(builds, build, 'libturbojpeg.so.0'));
    let library: ReturnType<typeof load>;
    try {
      library = open(BUILD);
    } catch {
      library = open(`${BUILD}-musl`);
    }
    return {
      init: library.func('void *tj3Init(int)'),
      get: library.func('int tj3Get(void *, int)'),
      header: library.func('int tj3DecompressHeader(void *, const uint8_t *, size_t)'),
      decompress: library.func('int tj3Decompress8(void *, const uint8_t *, size_t, uint8_t *, int, int)'),
    };
  } catch {
    return undefined;
  }
}
