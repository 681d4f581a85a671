import { basename } from 'node:path';
import { graph, run, RxfaceError, workers } from 'rxface';
import { batch, embed, type Embedder, type FaceDetector } from 'rxface/operators';
import { toEach } from 'rxface/sinks';
import { indexed } from 'rxface/sources';
import { readFile } from '../files/read.ts';
import { found, lookedAt } from './lookedAt.ts';

/** Two photographs compared. */
export interface Compared {
  /** Cosine similarity of their embeddings (flip sum), -1 to 1. */
  similarity: number;
  /** Images that were resized, not aligned: not of the network's size, or without a face that the detector finds. */
  notAligned: string[];
}

/**
 * Compares the faces of two photographs: aligned ones, or as a detector finds them.
 *
 * @throws FileError for one that is not there; StageError for one that cannot be decoded
 */
export async function comparePair(
  model: Embedder,
  files: readonly [string, string],
  { detector, signal }: { detector?: FaceDetector | undefined; signal?: AbortSignal } = {},
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
  const notAligned: string[] = [];
  const comparing = found(graph('verify').source('faces', source), detector)
    .pipe(
      'look',
      lookedAt(size, (file) => notAligned.push(basename(file))),
      { capacity: 1 },
    )
    .pipe('prepare', workers('rxface/operators/prepare', { threads: 0, size }))
    .pipe('batch', batch(2), { capacity: 1 })
    .pipe('embed', embed({ model }), { capacity: 1 })
    .sink(
      'compare',
      toEach(({ values, dimension }) => void (similarity = cosine(values, dimension))),
    );
  await run(comparing, { faults: { count: 0, rate: 0 }, ...(signal && { signal }) });
  if (Number.isNaN(similarity)) throw new RxfaceError(`${files.join(' and ')}: an embedding has no direction`);
  return { similarity, notAligned };
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
