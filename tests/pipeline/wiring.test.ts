import { map } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { WiringError } from '../../pipeline/errors.ts';
import { graph } from '../../pipeline/graph.ts';
import { run } from '../../pipeline/run.ts';
import { workers } from '../../pipeline/workers.ts';
import { collect, listSource } from '../contracts/doubles.ts';

const batch = (n: number) =>
  Object.assign(map((x: number) => x), {
    label: { in: 'Sample', out: 'Batch', keeps: 'order', asks: n, gives: 1, holds: n - 1, items: n },
  }); // prettier-ignore
const start = (capacity = 64) => graph('g').source('shards', listSource([1]), { capacity });

describe('wiring', () => {
  it('finds loose ends and missing parts', async () => {
    expect(graph('g').validate()).toEqual(['it has no source']);
    expect(start().pipe('m', map((x: number) => x)).validate()).toEqual(["nothing takes what 'm' gives: put a sink after it"]); // prettier-ignore
    await expect(run(start())).rejects.toThrow(
      new WiringError('g', ["nothing takes what 'shards' gives: put a sink after it"]),
    );
    const half = start().broadcast({ a: (b) => b.sink('a', collect()), b: (b) => b.pipe('m', map((x: number) => x)) }); // prettier-ignore
    expect(half.validate()).toEqual(["nothing takes what 'm' gives: put a sink after it"]);
  });

  it('finds two owners and two nodes of one name', () => {
    const sink = collect<number>();
    expect(start().sink('a', sink).sink('b', sink).validate()).toEqual([
      "'a' and 'b' are the same sink: each node needs its own",
    ]);
    const stateful = Object.assign(batch(1), { state: { save: () => ({}), load: () => undefined } });
    expect(start().pipe('x', stateful).pipe('y', stateful).sink('s', sink).validate()).toEqual([
      "'x' and 'y' are the same stage: each node needs its own",
    ]);
    const plain = map((x: number) => x);
    expect(start().pipe('x', plain).pipe('y', plain).sink('s', sink).validate()).toEqual([]);
    expect(start().pipe('x', plain).pipe('x', plain).sink('s', sink).validate()).toContain("two nodes are called 'x'");
  });

  it('finds links too small for a batch, and says which to raise', () => {
    const prepare = map((x: number) => x);
    const small = start(32).pipe('prepare', prepare, { capacity: 32 }).pipe('batch', batch(128), { capacity: 2 });
    expect(small.sink('s', collect()).validate()).toEqual([
      "'batch' needs 128 items in flight before it, links and workers hold 64: raise the capacity of 'prepare'",
    ]);
    const enough = start(32).pipe('prepare', prepare, { capacity: 96 }).pipe('batch', batch(128), { capacity: 2 });
    expect(enough.sink('s', collect()).validate()).toEqual([]);
    // Two batches of 128 hold 256 source items.
    expect(enough.pipe('again', batch(2)).sink('s', collect()).validate()).toEqual([]);
  });

  it('finds workers with less credit than a batch, however much waits before them', () => {
    const through = (capacity: number) =>
      start(640).pipe('prepare', workers<number, number>('none', { threads: 2 }), { capacity }).pipe('batch', batch(64), { capacity: 2 }).sink('s', collect()).validate(); // prettier-ignore
    expect(through(8)).toEqual([
      "'batch' needs 64 items in flight before it, links and workers hold 8: raise the capacity of 'prepare'",
    ]);
    expect(through(64)).toEqual([]);
  });

  it('finds links too small for what a stage gives', () => {
    const flow = start().pipe('m', map((x: number) => x), { capacity: 2, label: { gives: 3 } }); // prettier-ignore
    expect(flow.sink('s', collect()).validate()).toEqual([
      "'m' gives up to 3 items for one and its link holds 2: raise its capacity",
    ]);
  });

  it('finds numbers out of range', () => {
    const flow = graph('g').source('n', listSource([1]), {
      capacity: 0, epochs: 0.5, chunk: Number.NaN, from: { epoch: -1, position: 0 }, bytes: 0,
    }); // prettier-ignore
    expect(flow.sink('s', collect()).validate()).toEqual([
      "'n': capacity must be a whole number of at least 1, received 0",
      "'n': bytes must be a whole number of at least 1, received 0",
      "'n': epochs must be a whole number of at least 1, received 0.5",
      "'n': chunk must be a whole number of at least 1, received NaN",
      "'n': from.epoch must be a whole number of at least 0, received -1",
    ]);
  });

  it('finds what is wrong with a junction', () => {
    const [a, b] = ['a', 'b'].map((name) => graph('g').source(name, listSource([1]), { capacity: 64 }));
    const joined = (take: number) => a!.join('j', b!, { take }).sink('s', collect()).validate();
    expect(joined(0)).toEqual(["'j': take must be a whole number of at least 1, received 0"]);
    expect(joined(2)).toEqual([]);
    const merged = (rates: number[]) => a!.merge('m', [b!], { rates }).sink('s', collect()).validate();
    expect(merged([1, 0.5])).toEqual(["'m': rates must be a whole number of at least 1, received 0.5"]);
    expect(merged([1])).toEqual(["'m' merges 2 flows, rates has 1 numbers"]);
    expect(a!.join('j', b!, { take: 1 }).validate()).toEqual(["nothing takes what 'j' gives: put a sink after it"]);
    const source = listSource([1]);
    const [c, d] = ['c', 'd'].map((name) => graph('g').source(name, source));
    expect(c!.merge('m', [d!]).sink('s', collect()).validate()).toEqual([
      "'c' and 'd' are the same source: each node needs its own",
    ]);
    expect(a!.join('j', graph('g').source('a', source), { take: 1 }).sink('s', collect()).validate()).toContain("two nodes are called 'a'"); // prettier-ignore
  });

  it('counts what is on its way before a junction', () => {
    const [a, b] = [64, 20].map((capacity, i) => graph('g').source(`s${i}`, listSource([1]), { capacity }));
    const pairs = a!.join('j', b!, { take: 2, capacity: 3 });
    // 10 pairs before it and 3 behind it.
    expect(pairs.pipe('batch', Object.assign(map((x: [number, number[]]) => x), { label: batch(13).label })).sink('s', collect()).validate()).toEqual([]); // prettier-ignore
    expect(pairs.pipe('batch', Object.assign(map((x: [number, number[]]) => x), { label: batch(14).label })).sink('s', collect()).validate()).toEqual([
      "'batch' needs 14 items in flight before it, links and workers hold 13: raise the capacity of 'j'",
    ]); // prettier-ignore
    const both = a!.merge('m', [b!], { capacity: 3 });
    expect(both.pipe('batch', batch(87)).sink('s', collect()).validate()).toEqual([]);
    expect(both.pipe('batch', batch(88)).sink('s', collect()).validate()[0]).toContain('hold 87');
  });
});
