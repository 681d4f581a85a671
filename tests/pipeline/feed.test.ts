import { describe, expect, it } from 'vitest';
import { FileError, OptionError } from '../../pipeline/errors.ts';
import { graph, type SourceOptions } from '../../pipeline/graph.ts';
import { permutation } from '../../pipeline/order.ts';
import { run } from '../../pipeline/run.ts';
import { collect, listSource, type ListOptions } from '../contracts/doubles.ts';

interface Item {
  id: string;
  epoch: number;
  position: number;
  index: number;
}
const list = Array.from({ length: 10 }, (_, i): Item => ({ id: `i${i}`, epoch: 0, position: 0, index: i }));

async function pull(options: SourceOptions = {}, how: ListOptions = {}, seed = 7): Promise<string[]> {
  const sink = collect<Item>();
  await run(graph('g', { seed }).source('list', listSource(list, how), options).sink('out', sink));
  return sink.items.map(
    (item) => `${item.epoch}.${item.position}=${item.index}${item.id === `i${item.index}` ? '' : '!'}`,
  );
}
const inOrder = (epoch: number): string[] => list.map((_, i) => `${epoch}.${i}=${i}`);

describe('feed', () => {
  it('keys every item, over epochs, read or walked', async () => {
    const both = [...inOrder(0), ...inOrder(1)];
    expect(await pull({ epochs: 2 })).toEqual(both);
    expect(await pull({ epochs: 2, chunk: 3, capacity: 4 })).toEqual(both);
    expect(await pull({ epochs: 2 }, { randomAccess: false, chunk: 3 })).toEqual(both);
    expect(await pull({ epochs: 2 }, { before: () => Promise.resolve() })).toEqual(both);
  });

  it('shuffles each epoch by seed and name', async () => {
    const seen = await pull({ epochs: 2, shuffle: 'full', chunk: 4 });
    const order = [0, 1].map((epoch) => permutation(10, 7, 'list', epoch));
    expect(seen).toEqual([0, 1].flatMap((e) => list.map((_, i) => `${e}.${i}=${order[e]!(i)}`)));
    expect(await pull({ epochs: 2, shuffle: 'full', chunk: 1 })).toEqual(seen);
    expect(await pull({ epochs: 2, shuffle: 'full' }, {}, 8)).not.toEqual(seen);
  });

  it('goes on where it is told to', async () => {
    for (const how of [{}, { randomAccess: false }]) {
      const all = await pull({ epochs: 3 }, how);
      for (const [epoch, position] of [
        [0, 4],
        [1, 0],
        [1, 9],
        [2, 10],
        [1, 10],
      ] as const)
        // prettier-ignore
        expect(await pull({ epochs: 3, from: { epoch, position } }, how)).toEqual(all.slice(epoch * 10 + position));
    }
    const shuffled = await pull({ epochs: 2, shuffle: 'full' });
    expect(await pull({ epochs: 2, shuffle: 'full', from: { epoch: 1, position: 3 } })).toEqual(shuffled.slice(13));
  });

  it('leaves the items of the source as they are, and other values alone', async () => {
    await pull({ epochs: 2, shuffle: 'full' });
    expect(list[3]).toEqual({ id: 'i3', epoch: 0, position: 0, index: 3 });
    const sink = collect<unknown>();
    const values = [1, 'a', Uint8Array.of(1), [2]];
    await run(graph('g').source('s', listSource<unknown>(values)).sink('out', sink));
    expect(sink.items).toEqual(values);
  });

  it('ends at once where there is nothing, however many epochs', async () => {
    for (const randomAccess of [true, false]) {
      const sink = collect<Item>();
      await run(graph('g').source('s', listSource<Item>([], { randomAccess }), { epochs: Infinity }).sink('out', sink)); // prettier-ignore
      expect(sink.items).toEqual([]);
    }
  });

  it('reads only as far as its link has room', async () => {
    const source = listSource(Array.from({ length: 1000 }, (_, i) => i));
    const ahead: number[] = [];
    const sink = collect<number>((_, n) => {
      ahead.push(source.given - n);
      return Promise.resolve();
    });
    await run(graph('g').source('s', source, { capacity: 6, chunk: 50 }).sink('out', sink));
    expect(Math.max(...ahead)).toBeLessThanOrEqual(7);
  });

  it('keeps to its bytes, and gives an item that is larger than all of them', async () => {
    const blobs = [10, 10, 10, 500, 10].map((size) => new Uint8Array(size));
    const sink = collect<Uint8Array>(() => Promise.resolve());
    await run(graph('g').source('s', listSource(blobs), { bytes: 20, chunk: 4 }).sink('out', sink));
    expect(sink.items.map((blob) => blob.length)).toEqual([10, 10, 10, 500, 10]);
  });

  it('cannot shuffle what can only be walked', async () => {
    await expect(pull({ shuffle: 'full' }, { randomAccess: false })).rejects.toThrow(
      "'list' cannot be shuffled: list has no random access",
    );
    const opened = listSource(list);
    const unknown = { ...opened, length: undefined } as unknown as ReturnType<typeof listSource<Item>>;
    await expect(run(graph('g').source('s', unknown, { shuffle: 'full' }).sink('o', collect()))).rejects.toThrow(OptionError); // prettier-ignore
    expect([opened.opened, opened.closed]).toEqual([1, 1]);
  });

  it('names the place where reading failed, with the reason in one line', async () => {
    const source = listSource(list, {
      before: (at) => (at >= 4 ? Promise.reject(new FileError('a.rec', 'the disk is gone')) : undefined),
    });
    await expect(run(graph('g').source('rec', source, { chunk: 4 }).sink('out', collect()))).rejects.toThrow(
      "stage 'rec' at epoch 0, position 4: a.rec: the disk is gone",
    );
  });

  it('refuses a source that gives another number of items than asked for', async () => {
    const short = { ...listSource(list), read: () => list.slice(0, 1) };
    await expect(run(graph('g').source('s', short).sink('out', collect()))).rejects.toThrow('list: expected 10 items');
  });
});
