import { bufferCount, map, scan, take } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { graph } from '../../pipeline/graph.ts';
import { parallel } from '../../pipeline/parallel.ts';
import { partition } from '../../pipeline/partition.ts';
import { run } from '../../pipeline/run.ts';
import { conformance } from '../contracts/conformance.ts';
import { collect, listSource } from '../contracts/doubles.ts';
import { marbles } from '../contracts/marbles.ts';
import { stageContract } from '../contracts/stage.ts';

const letter = (text: string): string => text[0]!;
const pairs = { holds: 1, items: 2 };
const twos = (keys: number) => partition(letter, () => bufferCount<string>(2), { keys, label: pairs });

describe('partition', () => {
  const inputs = ['a1', 'b1', 'a2', 'c1', 'b2'];
  for (const check of stageContract({
    stage: () => twos(3),
    inputs,
    outputs: [['a1', 'a2'], ['b1', 'b2'], ['c1']],
    single: [['a1']],
  }))
    it(check.name, check.run);
  for (const { name, run: hold } of conformance({ stage: () => twos(3), inputs, outputs: [['a1', 'a2'], ['b1', 'b2'], ['c1']], runs: 40 })) it(`more: ${name}`, hold); // prettier-ignore

  it('completes the key that was longest without an item, to make room', () =>
    marbles(({ cold, expectObservable }) => {
      const items = cold('a-b-c-d-|', { a: 'a1', b: 'b1', c: 'a2', d: 'c1' });
      expectObservable(items.pipe(twos(2))).toBe('----p-q-(r|)', { p: ['a1', 'a2'], q: ['b1'], r: ['c1'] });
    }));

  it('keeps the state of a key to itself, as long as it is held', async () => {
    const sums = partition((x: number) => x % 3, () => scan((sum, x: number) => sum + x, 0), { keys: 3 }); // prettier-ignore
    const sink = collect<number>();
    await run(graph('g').source('n', listSource([0, 1, 2, 3, 4, 5, 6])).pipe('sums', sums).sink('out', sink)); // prettier-ignore
    expect(sink.items).toEqual([0, 1, 2, 3, 5, 7, 9]);
    const firsts = partition(letter, () => take<string>(1), { keys: 2 });
    const first = collect<string>();
    await run(graph('g').source('n', listSource(['a1', 'a2', 'b1', 'a3', 'b2'])).pipe('firsts', firsts).sink('out', first)); // prettier-ignore
    expect(first.items).toEqual(['a1', 'b1']);
  });

  it('says what it holds, and gives each of its stages the context of the graph', async () => {
    expect(twos(5).label).toMatchObject({ holds: 5, gives: 2, items: 2 });
    const named = Object.assign(map((x: string) => x), { label: { ...twos(1).label, gives: 1, holds: 0, items: 1 }, wire: ({ stage }: { stage: string }) => map((x: string) => `${stage} ${x}`) }); // prettier-ignore
    const sink = collect<string>();
    await run(graph('g').source('n', listSource(['a'])).pipe('named', partition(letter, () => named, { keys: 1 })).sink('out', sink)); // prettier-ignore
    expect(sink.items).toEqual(['named a']);
  });

  it('refuses options out of range', () => {
    expect(() => twos(0)).toThrow('partition: keys must be a whole number, 1 or more, received 0');
    expect(() => partition(letter, () => parallel((x: string) => x, { concurrency: 1 }), { keys: 1 })).toThrow('partition: stage must be one that takes no time of its own'); // prettier-ignore
  });
});
