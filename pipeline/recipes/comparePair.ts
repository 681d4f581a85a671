import { basename } from 'node:path';
import { graph, OptionError, run, RxfaceError, workers } from 'rxface';
import { batch, embed, tarAtFars, wilson, type Embedder, type OperatingPoint, type PairScores } from 'rxface/operators';
import { toEach } from 'rxface/sinks';
import { indexed } from 'rxface/sources';
import { imageSize } from '../bytes/imageSize.ts';
import { readFile } from '../files/read.ts';

/** The threshold of a set: at or above it two faces are said to be of one person. */
export interface Calibration {
  /** Set it was measured on. */
  on: string;
  /** Cosine similarity. */
  threshold: number;
  /** Share of the set's strangers at or above it, and its 95 % interval. */
  far: number;
  interval: [low: number, high: number];
  strangers: number;
}

/** Two photographs compared. */
export interface Compared {
  /** Cosine similarity of their embeddings (flip sum), -1 to 1. */
  similarity: number;
  /** Images whose size is not the network's: they were resized, and are hardly aligned. */
  notAligned: string[];
}

/**
 * Compares the faces of two aligned photographs.
 *
 * @throws FileError for one that is not there; StageError for one that cannot be decoded
 */
export async function comparePair(
  model: Embedder,
  files: readonly [string, string],
  signal?: AbortSignal,
): Promise<Compared> {
  const images = await Promise.all(files.map((file) => readFile(file)));
  const { size } = model.architecture;
  const source = indexed('two photographs', [], async () => ({
    labels: Int32Array.of(-1, -1),
    classes: [],
    faults: [],
    id: (i) => files[i]!,
    place: (i) => ({ file: files[i]! }),
    read: async (at) => Array.from(at, (i) => ({ bytes: images[i]! })),
  }));
  let similarity = NaN;
  const comparing = graph('verify')
    .source('faces', source)
    .pipe('prepare', workers('rxface/operators/prepare', { threads: 0, size }))
    .pipe('batch', batch(2), { capacity: 1 })
    .pipe('embed', embed({ model }), { capacity: 1 })
    .sink(
      'compare',
      toEach(({ values, dimension }) => void (similarity = cosine(values, dimension))),
    );
  await run(comparing, { faults: { count: 0, rate: 0 }, ...(signal && { signal }) });
  if (Number.isNaN(similarity)) throw new RxfaceError(`${files.join(' and ')}: an embedding has no direction`);
  const isOfSize = (bytes: Uint8Array): boolean => {
    const found = imageSize(bytes);
    return found?.height === size[0] && found.width === size[1];
  };
  const notAligned = files.filter((_, i) => !isOfSize(images[i]!)).map((file) => basename(file));
  return { similarity, notAligned };
}

/**
 * The lowest threshold at which no more than `far` of a set's strangers pass.
 *
 * @throws OptionError where the set has too few strangers to know
 */
export function calibrate({ protocol, distances, same }: PairScores, far: number): Calibration {
  // Of unit vectors the squared distance is 2 - 2 cos.
  const cosines = (kind: 0 | 1): Float64Array =>
    distances
      .filter((_, i) => same[i] === kind)
      .map((distance) => 1 - distance / 2)
      .toSorted();
  const scores = { genuine: cosines(1), impostors: cosines(0) };
  const strangers = scores.impostors.length;
  if (!(far * strangers >= 1))
    throw new OptionError(
      'verify',
      '--far',
      `at least ${1 / strangers}, one of the ${strangers} strangers of ${protocol}`,
      far,
    );
  const [{ threshold, far: met }] = tarAtFars(scores, [far], 'atMost') as [OperatingPoint];
  const interval = wilson(Math.round(met * strangers), strangers);
  return { on: protocol, threshold, far: met, interval, strangers };
}

function cosine(values: Float32Array, dimension: number): number {
  let [dot, a, b] = [0, 0, 0];
  for (let i = 0; i < dimension; i++) {
    const [x, y] = [values[i]!, values[dimension + i]!];
    dot += x * y;
    a += x * x;
    b += y * y;
  }
  return dot / Math.sqrt(a * b);
}
