import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { graph, run, workers, type Batch, type Sink } from 'rxface';
import { batch } from 'rxface/operators';
import { drawnFaces, indexed, openSource, type IndexedSource } from 'rxface/sources';
import { describe, expect, it } from 'vitest';

const CELEBA = '../shared/data/celeba299/celeba112.tar.gz';
/** Faces of an epoch, and of a batch: 9 batches, 12 faces left over. */
const FACES = 300;
const BATCH = 32;

const AUGMENT = { flip: 0.5, crop: 0.2, rescale: 0.2, photometric: 0.2, blur: 0.2, occlude: 0.2 };

/** sha256 of the batches of an epoch, however they come about: pixels, labels, names and keys. */
async function hashOfBatches(
  faces: IndexedSource,
  how: { threads: number; chunk: number; link: number },
): Promise<string> {
  const { threads, chunk, link } = how;
  const hash = createHash('sha256');
  let count = 0;
  const sink: Sink<Batch> = {
    open: async () => {},
    write: ({ epoch, step, pixels, labels, ids, keys, variation }) => {
      hash.update(JSON.stringify({ epoch, step, ids, keys, labels: [...labels], variation }));
      hash.update(pixels);
      count += 1;
    },
    close: async () => {},
  };
  const { faults } = await run(
    graph('batches', { seed: 7 })
      .source('faces', faces, { epochs: 1, shuffle: 'full', capacity: link })
      .pipe('prepare', workers('rxface/operators/prepare', { threads, chunk, size: [48, 48], augment: AUGMENT }), {
        // What a batch asks for, workers must have room for.
        capacity: Math.max(link, BATCH + chunk),
      })
      .pipe('batch', batch(BATCH), { capacity: Math.min(link, 2) })
      .sink('hash', sink),
  );
  expect([faults.count, count]).toEqual([0, Math.floor(FACES / BATCH)]);
  return hash.digest('hex');
}

/** The faces, drawn or unpacked once and kept. */
async function kept(faces: IndexedSource): Promise<IndexedSource> {
  await faces.open();
  const all = await faces.read(Int32Array.from({ length: FACES }, (_, i) => i));
  const { labels, classes = [] } = faces;
  await faces.close();
  return indexed('kept', [], async () => ({
    labels: labels.slice(0, FACES),
    classes,
    faults: [],
    id: (i) => all[i]!.id,
    place: (i) => ({ file: all[i]!.id }),
    read: async (at) => Array.from(at, (i) => ({ bytes: all[i]!.bytes! })),
  }));
}

/** All of 0, 1, 2, 4 threads; one item or eight or sixteen at a time; links of 2 and of 512. */
const WAYS = [
  { threads: 0, chunk: 1, link: 2 },
  { threads: 0, chunk: 8, link: 512 },
  { threads: 1, chunk: 1, link: 512 },
  { threads: 1, chunk: 8, link: 2 },
  { threads: 2, chunk: 16, link: 2 },
  { threads: 2, chunk: 8, link: 512 },
  { threads: 4, chunk: 1, link: 2 },
  { threads: 4, chunk: 8, link: 512 },
];

async function sameEveryWay(faces: IndexedSource, what: string): Promise<void> {
  const held = await kept(faces);
  const hashes: string[] = [];
  for (const way of WAYS) hashes.push(await hashOfBatches(held, way));
  process.stderr.write(
    `batches of an epoch over ${FACES} ${what}: sha256 ${hashes[0]}, the same ${WAYS.length} ways\n`,
  );
  expect(hashes).toEqual(WAYS.map(() => hashes[0]));
}

describe('batches are the same bytes for any number of threads, chunk and link', () => {
  it('over drawn faces', () => sameEveryWay(drawnFaces({ people: 60, perPerson: 5, size: 48 }), 'drawn faces'));

  it.skipIf(!existsSync(CELEBA))(`over faces of the CelebA subset (needs ${CELEBA})`, async () => {
    await sameEveryWay(await openSource(CELEBA), 'faces of CelebA');
  });
});
