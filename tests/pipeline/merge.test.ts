import { take } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { graph, type MergeOptions } from '../../pipeline/graph.ts';
import { run } from '../../pipeline/run.ts';
import { collect, listSource } from '../contracts/doubles.ts';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** What comes out of a merge of lists; each is read after so many turns of the event loop. */
async function merged(lists: readonly (readonly string[])[], options: MergeOptions, waits: readonly number[] = []) {
  const [first, ...others] = lists.map((list, i) => {
    const before = async (): Promise<void> => {
      for (let n = 0; n < (waits[i] ?? 0); n++) await turn();
    };
    return graph(`g${i}`).source(`s${i}`, listSource(list, { before }), { capacity: 2, chunk: 1 });
  });
  const sink = collect<string>();
  await run(first!.merge('m', others, options).sink('out', sink));
  return sink.items.join('');
}

describe('merge', () => {
  const lists = ['abc', '12345', 'x'].map((text) => text.split(''));

  it('gives in turns, and leaves out who has ended', async () => {
    expect(await merged(lists, {})).toBe('a1xb2c345');
  });

  it('spreads rates over a round', async () => {
    expect(
      await merged(
        [
          ['a', 'b', 'c', 'd', 'e', 'f'],
          ['1', '2'],
        ],
        { rates: [3, 1] },
      ),
    ).toBe('ab1cde2f');
    expect(await merged([['a', 'b'], ['1', '2', '3', '4', '5', '6']], { rates: [1, 2] })).toBe('1a23b456'); // prettier-ignore
  });

  it('gives the same at any speed', async () => {
    for (const options of [{}, { rates: [2, 3, 1] }, { rates: [1, 5, 2] }]) {
      const expected = await merged(lists, options);
      for (const waits of [[3, 0, 0], [0, 3, 1], [1, 0, 5]]) expect(await merged(lists, options, waits)).toBe(expected); // prettier-ignore
    }
  });

  it('passes over who has nothing just now, where told to', async () => {
    const text = await merged(lists, { ordered: false }, [20, 0, 0]);
    expect(text.slice(0, 3)).toMatch(/^[1x]{2}2$/);
    expect([...text].toSorted().join('')).toBe('12345abcx');
    // Each inlet keeps its own order.
    expect(text.replaceAll(/[^1-5]/g, '')).toBe('12345');
  });

  it('ends early when what follows has enough', async () => {
    const sources = [listSource([1, 2, 3]), listSource([4, 5, 6])];
    const [a, b] = sources.map((source, i) => graph('g').source(`s${i}`, source, { epochs: Infinity }));
    const sink = collect<number>();
    await run(a!.merge('m', [b!]).pipe('four', take(4)).sink('out', sink)); // prettier-ignore
    expect(sink.items).toEqual([1, 4, 2, 5]);
    expect(sources.map(({ closed }) => closed)).toEqual([1, 1]);
  });
});
