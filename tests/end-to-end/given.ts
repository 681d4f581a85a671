// What the examples of docblocks take as given. A copy of this file lies beside them when they run.
import {
  graph,
  run,
  startEngine,
  type Batch,
  type Embeddings,
  type PairProtocol,
  type Sample,
  type Source,
} from 'rxface';
import {
  architecture,
  batch,
  classCentres,
  cosFace,
  createModel,
  embed,
  trainStep,
  type PairScores,
} from 'rxface/operators';
import { drawnFaces } from 'rxface/sources';
import { from, lastValueFrom, toArray } from 'rxjs';

await startEngine();

const SIDE = 32;
export const pixels = Uint8Array.from({ length: 2 * SIDE * SIDE * 3 }, (_, i) => (i * 7 + (i >> 8) * 5) & 255);
const half = pixels.length / 2;

/** Prepared, two of them. */
export const faces: Sample[] = [0, 1].map((at) => ({
  epoch: 0,
  position: at,
  index: at,
  id: `face-${at}`,
  label: at,
  pixels: pixels.slice(at * half, (at + 1) * half),
  size: [SIDE, SIDE],
}));
export const samples = faces;
/** Those of whom a variation is known. */
export const labelledFaces = faces.map((one, at) => ({ ...one, variation: { pose: 3 + at } }));
export const photograph = { height: SIDE, width: SIDE, data: faces[0]!.pixels! };
export const image = photograph;
export const face = photograph;
export const epoch = 0;
export const position = 12;
/** A PNG of one pixel. */
export const bytes = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC',
  'base64',
);
export const points = [10, 12, 22, 12, 16, 18, 11, 24, 21, 24];

export const model = createModel(architecture('ir10', { size: [SIDE, SIDE], widths: [4, 4, 8, 8], embedding: 8 }), {
  seed: 7,
});
export const centres = classCentres({ dimension: 8, classes: 2, seed: 7 });
export const schedule = (): number => 0.01;
export const optimiser = { momentum: 0.9 };
export const batches: Batch[] = await lastValueFrom(from(faces).pipe(batch(2), toArray()));
export const embeddings: Embeddings = await lastValueFrom(from(batches).pipe(embed({ model })));

/** Sees no face. */
export const detector = { detectOne: async () => undefined };

export const protocol: PairProtocol = {
  name: 'tiny',
  pairs: [
    { a: 'face-0', b: 'face-0', same: true },
    { a: 'face-0', b: 'face-1', same: false },
    { a: 'face-1', b: 'face-1', same: true },
    { a: 'face-1', b: 'face-0', same: false },
  ],
  folds: 2,
};
export const scores: PairScores = {
  protocol: 'tiny',
  distances: Float64Array.of(0.2, 1.8, 0.3, 1.5),
  same: Uint8Array.of(1, 0, 1, 0),
  folds: 2,
  norms: Float32Array.of(9, 9, 2, 9, 9, 9, 9, 3),
};

/** A source of these items. */
const inMemory = <T>(items: readonly T[]): Source<T> => ({
  name: 'memory',
  async *[Symbol.asyncIterator]() {
    yield [...items];
  },
});
export const numbers = inMemory([1, 2, 3]);
export const batchSource = inMemory(batches);
/** A graph that ends in training steps, to put sinks on. */
export const steps = graph('train', { seed: 7 })
  .source('batches', batchSource)
  .pipe('step', trainStep({ model, centres, margin: cosFace({ s: 16 }), schedule }));
export const training = steps.sink('last', { open: async () => {}, write: () => {}, close: async () => {} });
export const facts = {
  architecture: model.architecture,
  classes: { count: 2, sha256: '' },
  images: 2,
  phase: 'train',
  seed: 7,
  engine: { backend: 'native', tensorflow: null },
  config: {},
};
/** A source of people, and what flows from it. */
export const images = drawnFaces({ people: 2, perPerson: 2, size: SIDE });
export const flow = graph('faces').source('faces', images);
export const score = ({ label }: Sample): number => label;
export const fetchImage = (id: string): Promise<Uint8Array> => Promise.resolve(Buffer.from(id));
export const report = await run(graph('numbers').source('numbers', numbers).sink('none', { open: async () => {}, write: () => {}, close: async () => {} })); // prettier-ignore
