import { from, lastValueFrom, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { Source } from '../../pipeline/contracts.ts';
import { StageError } from '../../pipeline/errors.ts';
import { graph } from '../../pipeline/graph.ts';
import { run } from '../../pipeline/run.ts';
import { workers } from '../../pipeline/workers.ts';
import { collect, listSource } from '../contracts/doubles.ts';
import { stageContract } from '../contracts/stage.ts';
import type { Piece } from '../fixtures/work.ts';

// Threads run compiled code.
const MODULE = new URL('../../dist/tests/fixtures/work.js', import.meta.url);

const pieces = (n: number): Piece[] =>
  Array.from({ length: n }, (_, i) => ({
    id: `p${i}`,
    epoch: 0,
    position: i,
    index: i,
    bytes: Uint8Array.of(i % 251, i >> 8),
  }));
const grown = (list: readonly Piece[]): Piece[] => list.map((p) => ({ ...p, bytes: p.bytes.map((b) => b + 1) }));

async function through(n: number, options: Parameters<typeof workers>[1], capacity = 32) {
  const sink = collect<Piece>();
  const flow = graph('g', { seed: 5 })
    .source('list', listSource(pieces(n)), { shuffle: 'full' })
    .pipe('work', workers<Piece, Piece>(MODULE, options), { capacity })
    .sink('out', sink);
  const report = await run(flow);
  return { items: sink.items, report };
}

describe('workers', () => {
  for (const check of stageContract({
    stage: () => workers<Piece, Piece>(MODULE, { threads: 0, chunk: 2 }),
    inputs: pieces(5),
    outputs: grown(pieces(5)),
    single: grown(pieces(1)),
  }))
    it(check.name, check.run);

  it('gives the same for any number of threads and any chunk, in order', async () => {
    const { items } = await through(200, { threads: 0, broken: 7 });
    expect(items.map((p) => p.position)).toEqual(Array.from({ length: 200 }, (_, i) => i));
    for (const options of [
      { threads: 1, chunk: 64 },
      { threads: 2, chunk: 3 },
      { threads: 0, chunk: 1 },
    ]) {
      const again = await through(200, { ...options, broken: 7 }, options.chunk === 3 ? 5 : 100);
      expect(again.items).toEqual(items);
    }
  });

  it('gives the same where threads die on the way, and each death is a fault', async () => {
    const { items } = await through(200, { threads: 0, broken: 7 });
    const times = new Int32Array(new SharedArrayBuffer(4)).fill(1);
    const again = await through(200, { threads: 2, chunk: 5, broken: 7, crash: 50, times });
    expect(again.items).toEqual(items);
    const deaths = again.report.faults.list.filter(({ reason }) => reason.includes('ended with code 3'));
    expect([deaths.length, again.report.faults.count]).toEqual([1, 2]);
    expect(deaths[0]).toMatchObject({ stage: 'work', file: expect.stringMatching(/^p\d+$/), epoch: 0 });
  });

  it('hands results over without a copy: nothing of them is left in the thread', async () => {
    const { items } = await through(20, { threads: 1, chunk: 1, left: 1 });
    expect(items.slice(1).map(({ id }) => id)).toEqual(Array.from({ length: 19 }, () => '0'));
  });

  it('puts the same substitute in the place of a broken record every time, and reports it', async () => {
    const { items, report } = await through(200, { threads: 2, broken: 7 });
    const [fault] = report.faults.list;
    expect(report.faults.count).toBe(1);
    expect(fault).toMatchObject({ stage: 'work', file: 'p7.jpg', index: 7, reason: 'broken', epoch: 0 });
    expect(items[fault!.position!]!.index).toBe(fault!.substitute);
    const counts = new Map<string, number>();
    for (const { id } of items) counts.set(id, (counts.get(id) ?? 0) + 1);
    expect(counts.has('p7')).toBe(false);
    expect([...counts.values()].filter((n) => n === 2)).toHaveLength(1);
  });

  it('names the archive and the byte of a broken record, in the report and in the error', async () => {
    const place = (i: number) => ({ file: 'shard.tar', offset: i * 512 });
    const flow = (source: Source<Piece>) =>
      graph('g')
        .source('list', source)
        .pipe('work', workers<Piece, Piece>(MODULE, { threads: 0, broken: 7 }))
        .sink('out', collect());
    const { faults } = await run(flow(Object.assign(listSource(pieces(20)), { place })));
    expect(faults.list).toMatchObject([
      { stage: 'work', file: 'shard.tar', offset: 3584, index: 7, reason: "'p7.jpg': broken" },
    ]);
    const all = pieces(3).map((p) => ({ ...p, bytes: Uint8Array.of(7) }));
    await expect(run(flow(Object.assign(listSource(all), { place })))).rejects.toThrow(
      /8 attempts, the last: shard.tar, byte \d+: 'p\d.jpg': broken$/,
    );
    const folder = Object.assign(listSource(pieces(20)), { place: (i: number) => ({ file: `faces/p${i}.jpg` }) });
    expect((await run(flow(folder))).faults.list).toMatchObject([
      { stage: 'work', file: 'faces/p7.jpg', index: 7, reason: 'broken' },
    ]);
  });

  it('says what was broken where nothing can take its place', async () => {
    const source = Object.assign(listSource(pieces(20), { randomAccess: false }), { place: () => ({ file: 'a.tar', offset: 9 }) }); // prettier-ignore
    const flow = graph('g').source('list', source).pipe('work', workers<Piece, Piece>(MODULE, { threads: 0, broken: 7 })).sink('out', collect()); // prettier-ignore
    await expect(run(flow)).rejects.toThrow(
      "stage 'work' at 'p7' (epoch 0, position 7): a.tar, byte 9: 'p7.jpg': broken; stage 'list': has no random access",
    );
  });

  it('stops after eight substitutes that fail too', async () => {
    const list = pieces(6).map((p) => ({ ...p, bytes: Uint8Array.of(7) }));
    const flow = graph('g')
      .source('list', listSource(list))
      .pipe('work', workers<Piece, Piece>(MODULE, { threads: 0, broken: 7 }))
      .sink('out', collect<Piece>());
    await expect(run(flow)).rejects.toThrow(/stage 'work' at 'p0'.*no substitute could be used in 8 attempts/);
  });

  it('leaves the items of its source as they are', async () => {
    const list = pieces(20);
    const flow = graph('g')
      .source('list', listSource(list))
      .pipe('work', workers<Piece, Piece>(MODULE, { threads: 1 }))
      .sink('out', collect<Piece>());
    await run(flow);
    await run(flow);
    expect(list).toEqual(pieces(20));
  });

  it('names the stage and the item where the module throws, and where a thread dies', async () => {
    for (const threads of [0, 2])
      await expect(through(20, { threads, chunk: 1, throws: 9 })).rejects.toThrow(
        /^stage 'work' at 'p9' \(epoch 0, position \d+\): a mistake in the module$/,
      );
    await expect(through(20, { threads: 1, chunk: 1, crash: 9 })).rejects.toThrow(
      /stage 'work' at 'p9' \(epoch 0, position \d+\): two worker threads have ended.*ended with code 3/,
    );
  });

  it('passes on what the module says of its options, before anything runs', async () => {
    for (const threads of [0, 1])
      await expect(through(5, { threads, wait: -1 })).rejects.toMatchObject({
        name: 'OptionError', stage: 'work', option: 'wait', received: -1,
      }); // prettier-ignore
    await expect(through(5, { threads: -1 })).rejects.toThrow('work: threads must be a whole number, 0 or more');
    await expect(through(5, { threads: 1, chunk: 0 })).rejects.toThrow('work: chunk must be');
    await expect(through(5, { threads: 1, odd: () => 0 })).rejects.toThrow(/work: options must be plain data/);
    await expect(run(graph('g').source('s', listSource(pieces(1))).pipe('work', workers<Piece, Piece>('rxface/none', { threads: 1 })).sink('o', collect()))).rejects.toThrow(/none/); // prettier-ignore
  });

  it('works on while the main thread is busy, as far as the link after it has room', async () => {
    const count = new Int32Array(new SharedArrayBuffer(4));
    const ahead: number[] = [];
    const sink = collect<Piece>((_, n) => {
      if (n % 32 !== 31) return;
      // A step of 32: nothing reaches the thread until it ends, and yet the thread gets nearly two more batches ready.
      const end = performance.now() + 10;
      while (performance.now() < end);
      const wanted = Math.min(320, n + 1 + 56);
      while (count[0]! < wanted && Atomics.wait(count, 0, count[0]!, 5000) !== 'timed-out');
      ahead.push(count[0]! - wanted);
    });
    const flow = graph('g')
      .source('list', listSource(pieces(320)), { capacity: 64 })
      .pipe('work', workers<Piece, Piece>(MODULE, { threads: 1, chunk: 8, count }), { capacity: 96 })
      .sink('step', sink);
    await run(flow);
    expect(ahead).toHaveLength(10);
    expect(Math.min(...ahead)).toBeGreaterThanOrEqual(0);
  });

  it('is a plain operator as well', async () => {
    const stage = workers<Piece, Piece>(MODULE, { threads: 2, chunk: 3 });
    expect(await lastValueFrom(from(pieces(10)).pipe(stage, toArray()))).toEqual(grown(pieces(10)));
    const broken = lastValueFrom(from(pieces(3)).pipe(workers<Piece, Piece>(MODULE, { threads: 0, broken: 1 })));
    await expect(broken).rejects.toBeInstanceOf(StageError);
    await expect(broken).rejects.toThrow(
      "stage 'workers' at 'p1' (epoch 0, position 1): p1.jpg: broken; stage 'workers': has no source to draw a substitute from",
    );
  });
});
