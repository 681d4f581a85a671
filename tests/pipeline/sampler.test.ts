import fc from 'fast-check';
import { bufferCount } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { classWeighted } from '../../pipeline/classWeighted.ts';
import { OptionError } from '../../pipeline/errors.ts';
import { graph, type SourceOptions } from '../../pipeline/graph.ts';
import { identities } from '../../pipeline/identities.ts';
import type { Key } from '../../pipeline/items.ts';
import { mixture } from '../../pipeline/mixture.ts';
import { blockPermutation, permutation } from '../../pipeline/order.ts';
import { parallel } from '../../pipeline/parallel.ts';
import { run } from '../../pipeline/run.ts';
import { blocks, samplingOf, type Shuffle } from '../../pipeline/sampler.ts';
import { collect, listSource } from '../contracts/doubles.ts';
import { epochOf, namedSource } from '../fixtures/sampled.ts';

const of = (shuffle: Shuffle, length: number) => samplingOf(shuffle)(namedSource({ length }), [7, 'faces']);
const sorted = (length: number): number[] => Array.from({ length }, (_, i) => i);

describe('sampler', () => {
  it('visits everything once an epoch, however it is shuffled', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 700 }),
        fc.nat(1000),
        fc.constantFrom('full', 'blocks', 'none'),
        (n, epoch, how) => {
          const sampler = of(how as Shuffle, n);
          expect(sampler.length).toBe(n);
          expect(epochOf(sampler, epoch).toSorted((a, b) => a - b)).toEqual(sorted(n));
        },
      ),
      { numRuns: 100 },
    );
  });

  it('is the permutation of (seed, name, epoch), and another one in each epoch', () => {
    const order = permutation(50, 7, 'faces', 3);
    expect(epochOf(of('full', 50), 3)).toEqual(sorted(50).map((i) => order(i)));
    const inBlocks = blockPermutation(50, { block: 4, window: 2 }, 7, 'faces', 3);
    expect(epochOf(of(blocks({ block: 4, window: 2 }), 50), 3)).toEqual(sorted(50).map((i) => inBlocks(i)));
    for (const how of ['full', 'blocks'] as const) expect(epochOf(of(how, 50), 0)).not.toEqual(epochOf(of(how, 50), 1));
    expect(epochOf(of('none', 5), 9)).toEqual(sorted(5));
  });

  it('shuffles blocks of 256 in windows of 16 where nothing is said', () => {
    expect(epochOf(of('blocks', 5000), 1)).toEqual(epochOf(of(blocks({ block: 256, window: 16 }), 5000), 1));
  });

  it('refuses blocks of nothing', () => {
    expect(() => blocks({ block: 0 })).toThrow(OptionError);
    expect(() => blocks({ window: 1.5 })).toThrow('blocks: window must be a whole number of at least 1, received 1.5');
  });
});

/** Every way to sample, over the same eight people with 3 to 10 images. */
const labels = Array.from({ length: 8 }, (_, person) => new Array<number>(3 + person).fill(person)).flat();
const ways: Record<string, Shuffle> = {
  none: 'none',
  full: 'full',
  blocks: blocks({ block: 4, window: 2 }),
  identities: identities({ people: 3, images: 4 }),
  classWeighted: classWeighted('inverse'),
  mixture: mixture([{ length: 12 }, 3], [{ length: labels.length - 12 }, 1]),
};

describe.each(Object.entries(ways))('sampled by %s', (_, shuffle) => {
  const batches = async (more: SourceOptions = {}, concurrency = 1): Promise<string[]> => {
    const people = listSource(labels.map((label, index) => ({ label, epoch: 0, position: 0, index })));
    const sink = collect<Key[]>();
    const wait = async (item: Key & { label: number }): Promise<Key> => {
      await new Promise<void>((done) => setTimeout(done, item.index % 3));
      return item;
    };
    await run(
      graph('g', { seed: 7 })
        .source('faces', Object.assign(people, { labels: Int32Array.from(labels) }), { epochs: 3, shuffle, ...more })
        .pipe('decode', parallel(wait, { concurrency }), { capacity: 16 })
        .pipe('batch', bufferCount(4), { label: { asks: 4, holds: 3, items: 4 } })
        .sink('out', sink),
    );
    return sink.items.map((batch) => batch.map(({ epoch, position, index }) => `${epoch}.${position}=${index}`).join(' ')); // prettier-ignore
  };
  const sampler = samplingOf(shuffle)(namedSource({ labels }), [7, 'faces']);
  const { length } = sampler;

  it('feeds what the sampler says, the same batches whatever the chunk, room and concurrency', async () => {
    const all = await batches();
    const said = [0, 1, 2].flatMap((e) => epochOf(sampler, e).map((index, p) => `${e}.${p}=${index}`));
    expect(all.join(' ')).toBe(said.join(' '));
    for (const [chunk, capacity, concurrency] of [
      [1, 4, 1],
      [5, 8, 8],
      [32, 512, 4],
    ] as const)
      // prettier-ignore
      expect(await batches({ chunk, capacity }, concurrency)).toEqual(all);
  });

  it('goes on at any batch as if it had never stopped', async () => {
    const all = (await batches()).join(' ').split(' ');
    for (const [epoch, position] of [[0, 0], [0, 4], [1, length - 1], [1, length], [2, 7]] as const) // prettier-ignore
      expect((await batches({ from: { epoch, position } })).join(' ').split(' ')).toEqual(all.slice(epoch * length + position)); // prettier-ignore
  });
});
