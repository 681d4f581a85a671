import { cast, scalar, tidy } from '@tensorflow/tfjs-core';
import { from, lastValueFrom, tap } from 'rxjs';
import { loadJpegDecoder, type JpegDecoder } from '../../../operators/image/jpeg.ts';
import { loadTurboJpeg } from '../../../operators/image/turboJpeg.ts';
import { openSource } from '../../../sources/openSource.ts';
import { nativeBackend, startEngine } from '../../engine/load.ts';
import type { Sample } from '../../items.ts';
import { decodeWithSharp } from '../../pixels.ts';
import { workers } from '../../workers.ts';
import { heldFaces } from './heldFaces.ts';

export interface DecodeBenchOptions {
  /** JPEGs: whatever `inspect` reads. */
  data: string;
  /** How many of them; all are held in memory. Default 2000. */
  images?: number;
  /** Times that every decoder takes its turn. Default 5. */
  rounds?: number;
}

/** One decoder: how fast, and how far its pixels are from the first one's. */
export interface DecodeRow {
  decoder: string;
  imagesPerSecond: { median: number; min: number; max: number };
  /** Most grey levels between any of its values and the first decoder's; null where it was not compared. */
  furthest: number | null;
}

interface Contender {
  decoder: string;
  /** Decodes everything and hands over each image's pixels. */
  decodeAll(faces: readonly Sample[], take: Take): Promise<void>;
}

type Take = (pixels: Uint8Array, at: number) => void;

/**
 * Measures decoders on the same images in turn, pixels in JavaScript's hands at the end of each.
 *
 * What comes of it is the choice in operators/image/decode.ts.
 */
export async function decodeRates(options: DecodeBenchOptions): Promise<DecodeRow[]> {
  const { images = 2000, rounds = 5 } = options;
  const faces = await heldFaces(await openSource(options.data), images);
  const native = await loadTurboJpeg();
  const contenders = [
    turbo('WebAssembly', await loadJpegDecoder()),
    ...(native ? [turbo('machine code', native)] : []),
    sharpInFlight(4),
    inThreads(1),
    inThreads(2),
    ...(await tensorFlow()),
  ];
  const furthest = await distances(contenders, faces);
  const seconds: number[][] = contenders.map(() => []);
  for (let round = 0; round < rounds; round++) {
    for (const [i, contender] of contenders.entries()) {
      const start = performance.now();
      await contender.decodeAll(faces, () => {});
      seconds[i]!.push((performance.now() - start) / 1000);
    }
  }
  return contenders.map(({ decoder }, i) => {
    const rates = seconds[i]!.map((took) => Math.round(faces.length / took)).toSorted((a, b) => a - b);
    const median = rates[Math.floor(rates.length / 2)]!;
    return { decoder, imagesPerSecond: { median, min: rates[0]!, max: rates.at(-1)! }, furthest: furthest[i]! };
  });
}

function turbo(kind: string, decode: JpegDecoder): Contender {
  return {
    decoder: `libjpeg-turbo in ${kind}, main thread`,
    decodeAll: async (faces, take) => faces.forEach(({ bytes }, at) => take(decode(bytes!)!.data, at)),
  };
}

function sharpInFlight(count: number): Contender {
  return {
    decoder: `sharp, ${count} in flight`,
    async decodeAll(faces, take) {
      let next = 0;
      const lane = async (): Promise<void> => {
        while (next < faces.length) {
          const at = next++;
          take((await decodeWithSharp(faces[at]!.bytes!)).data, at);
        }
      };
      await Promise.all(Array.from({ length: count }, lane));
    },
  };
}

/** The stage that training uses: copies to the threads and transfers back are counted, and so is their start. */
function inThreads(threads: number): Contender {
  return {
    decoder: `prepare in ${threads} worker thread${threads === 1 ? '' : 's'}, start included`,
    async decodeAll(faces, take) {
      const prepared = from(faces).pipe(workers('rxface/operators/prepare', { threads }));
      let at = 0;
      await lastValueFrom(prepared.pipe(tap(({ pixels }) => take(pixels!, at++))));
    },
  };
}

/** TensorFlow's own, where it runs: the exact transform and the faster default. */
async function tensorFlow(): Promise<Contender[]> {
  if ((await startEngine()).backend !== 'native') return [];
  const native = nativeBackend();
  const { binding } = native;
  return ['INTEGER_ACCURATE', ''].map((method) => ({
    decoder: `TensorFlow decodeJpeg, main thread, ${method === '' ? 'default transform' : method}`,
    decodeAll: async (faces, take) =>
      faces.forEach(({ bytes }, at) =>
        tidy(() => {
          const attributes = [
            { name: 'channels', type: binding.TF_ATTR_INT, value: 3 },
            { name: 'ratio', type: binding.TF_ATTR_INT, value: 1 },
            { name: 'fancy_upscaling', type: binding.TF_ATTR_BOOL, value: true },
            { name: 'try_recover_truncated', type: binding.TF_ATTR_BOOL, value: false },
            { name: 'acceptable_fraction', type: binding.TF_ATTR_FLOAT, value: 1 },
            { name: 'dct_method', type: binding.TF_ATTR_STRING, value: method },
          ];
          const decoded = native.executeSingleOutput('DecodeJpeg', attributes, [scalar(bytes!, 'string')]);
          // The binding hands out no uint8.
          take(new Uint8Array(cast(decoded, 'int32').dataSync()), at);
        }),
      ),
  }));
}

/** Most grey levels of each from the first; null where it gave images of another size. */
async function distances(contenders: readonly Contender[], faces: readonly Sample[]): Promise<(number | null)[]> {
  const pixels: Uint8Array[] = [];
  await contenders[0]!.decodeAll(faces, (decoded, at) => (pixels[at] = decoded));
  const furthest: (number | null)[] = [];
  for (const [i, contender] of contenders.entries()) {
    furthest[i] = 0;
    await contender.decodeAll(faces, (decoded, at) => (furthest[i] = further(furthest[i]!, pixels[at]!, decoded)));
  }
  return furthest;
}

function further(most: number | null, a: Uint8Array, b: Uint8Array): number | null {
  if (most === null || a.length !== b.length) return null;
  let found = most;
  for (let k = 0; k < a.length; k++) found = Math.max(found, Math.abs(a[k]! - b[k]!));
  return found;
}
