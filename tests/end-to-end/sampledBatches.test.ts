import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { blocks, classWeighted, graph, identities, mixture, run, workers, type Batch, type Shuffle } from 'rxface';
import { batch } from 'rxface/operators';
import { concat, drawnFaces, type IndexedSource } from 'rxface/sources';
import { collect } from '../contracts/doubles.ts';

// Threads run what was compiled: this test needs `npm run build` first, as `npm test` does.
interface Faces {
  faces: IndexedSource;
  shuffle: Shuffle;
}
const few = (): IndexedSource => drawnFaces({ people: 4, perPerson: 3 });
const many = (): IndexedSource => drawnFaces({ people: 6, perPerson: 5, seed: 1 });
const ways: Record<string, () => Faces> = {
  blocks: () => ({ faces: many(), shuffle: blocks({ block: 4, window: 2 }) }),
  identities: () => ({ faces: many(), shuffle: identities({ people: 4, images: 2 }) }),
  classWeighted: () => ({ faces: concat(few(), many()), shuffle: classWeighted('inverse') }),
  mixture: () => {
    const [a, b] = [few(), many()];
    return { faces: concat(a, b), shuffle: mixture([a, 3], [b, 1]) };
  },
};

/** Of each batch of two epochs the keys, and a hash of pixels and labels. */
async function batches(make: () => Faces, threads: number, from = { epoch: 0, position: 0 }): Promise<string[]> {
  const { faces, shuffle } = make();
  const sink = collect<Batch>();
  await run(
    graph('train', { seed: 7 })
      .source('faces', faces, { epochs: 2, shuffle, from })
      .pipe('prepare', workers('rxface/operators/prepare', { threads, size: [16, 16], augment: { flip: 0.5 } }))
      .pipe('batch', batch(8))
      .sink('batches', sink),
  );
  return sink.items.map(({ pixels, labels, keys }) => {
    const hash = createHash('sha256').update(pixels).update(new Uint8Array(labels.buffer)).digest('hex');
    return `${keys.map(({ epoch, index }) => `${epoch}:${index}`).join(' ')} ${hash}`;
  });
}

describe.each(Object.entries(ways))('batches sampled by %s', (_, make) => {
  it('are byte-equal for any number of workers, and from the place where a run was stopped', async () => {
    const all = await batches(make, 0);
    expect(all.length).toBeGreaterThanOrEqual(4);
    expect(new Set(all).size).toBe(all.length);
    expect(await batches(make, 1)).toEqual(all);
    expect(await batches(make, 2)).toEqual(all);
    expect(await batches(make, 2, { epoch: 0, position: 16 })).toEqual(all.slice(2));
  });
});
