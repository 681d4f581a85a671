import { fileURLToPath } from 'node:url';
import { readFile } from '../../pipeline/files/read.ts';

/** Loops over pixels for the vector unit; what they do and expect is said where they are written, in ./wasm. */
interface Loops {
  memory: WebAssembly.Memory;
  resizeSeparable(
    data: number, height: number, width: number, padded: number, taps: number,
    first: number, pairs: number, rowFirst: number, rowWeights: number,
    ring: number, pitch: number, out: number, outHeight: number, outWidth: number,
  ): void; // prettier-ignore
  resizeArea(
    data: number, width: number, starts: number, offsets: number, shares: number,
    rowStarts: number, rows: number, rowShares: number,
    row: number, sum: number, out: number, outHeight: number, outWidth: number,
  ): void; // prettier-ignore
  blendGrey(data: number, length: number, grey: number, factor: number): void;
  blendLuma(data: number, pixels: number, factor: number, firstWeight: number, lastWeight: number): void;
  lumaSum(data: number, pixels: number, firstWeight: number, lastWeight: number): number;
  flip(data: number, height: number, width: number, out: number): void;
}

const PAGE = 2 ** 16;
/** Bytes behind every buffer that loops may read and overwrite. */
const SLACK = 16;

export const loops = await load();

/**
 * Lays buffers into the memory of the loops, one behind another; what lay there before is gone.
 *
 * In plain words: one call of a loop is lay out, run, `taken`: nothing in between may wait.
 *
 * @param parts arrays, which are copied there, and numbers of bytes to leave room for
 * @return where each of them begins
 */
export function layOut(...parts: (Uint8Array | Int32Array | Float32Array | number)[]): number[] {
  let end = SLACK;
  const places = parts.map((part) => {
    const place = end;
    end += Math.ceil((typeof part === 'number' ? part : part.byteLength) / SLACK) * SLACK + SLACK;
    return place;
  });
  const missing = end - loops.memory.buffer.byteLength;
  if (missing > 0) loops.memory.grow(Math.ceil(missing / PAGE));
  const memory = new Uint8Array(loops.memory.buffer);
  parts.forEach((part, i) => {
    if (typeof part === 'number') return;
    memory.set(new Uint8Array(part.buffer, part.byteOffset, part.byteLength), places[i]);
  });
  return places;
}

/** Copies what a loop left at `place` into `out`. */
export function taken(place: number, out: Uint8Array): void {
  out.set(new Uint8Array(loops.memory.buffer, place, out.length));
}

/** From the sources it is what `npm run build` made of ./wasm. */
async function load(): Promise<Loops> {
  const here = import.meta.url;
  const module = new URL(here.endsWith('.ts') ? '../../dist/operators/image/pixels.wasm' : './pixels.wasm', here);
  const { instance } = await WebAssembly.instantiate(await readFile(fileURLToPath(module)), {});
  return instance.exports as unknown as Loops;
}
