import { map } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { Stage } from '../../pipeline/contracts.ts';
import { graph } from '../../pipeline/graph.ts';
import { collect, listSource } from '../contracts/doubles.ts';

const pairs = Object.assign(map((x: number) => x), {
  label: { in: 'number', out: 'pair', keeps: 'order', asks: 2, gives: 1, holds: 1, items: 2 },
}) satisfies Stage<number, number>; // prettier-ignore

describe('graph', () => {
  it('is a value: every call gives a new one and leaves the old as it was', () => {
    const start = graph('g', { seed: 3 }).source('n', listSource([1]));
    const a = start.sink('a', collect());
    const b = start.pipe('m', map((x: number) => x)).sink('b', collect()); // prettier-ignore
    expect([start, a, b].map((g) => g.nodes.map((node) => node.name))).toEqual([['n'], ['n', 'a'], ['n', 'm', 'b']]);
    expect([start.validate().length, a.validate(), b.validate()]).toEqual([1, [], []]);
    expect([a.name, a.seed, graph('x').seed]).toEqual(['g', 3, 0]);
  });

  it('takes what a stage says of itself, and what the caller says of it', () => {
    const [, own, told, stock] = graph('g')
      .source('n', listSource([1]))
      .pipe('own', pairs)
      .pipe('told', pairs, { label: { holds: 5 }, capacity: 3, bytes: 100 })
      .pipe('stock', map((x: number) => x)).nodes; // prettier-ignore
    expect(own).toMatchObject({ label: pairs.label, capacity: 16, bytes: Infinity });
    expect(told).toMatchObject({ label: { ...pairs.label, holds: 5 }, capacity: 3, bytes: 100 });
    expect(stock).toMatchObject({ label: { gives: 1, asks: 1, holds: 0 } });
  });

  it('knows how much may be in flight', () => {
    const flow = graph('g')
      .source('n', listSource([1]), { capacity: 10 })
      .pipe('pairs', pairs, { capacity: 3 });
    // Links 10 and 3 x 2, one held by the stage, one pair being written.
    expect(flow.sink('a', collect()).bound()).toBe(10 + 1 + 6 + 2);
    // Two sinks: a link of one pair for each besides.
    expect(flow.sink('a', collect()).sink('b', collect()).bound()).toBe(10 + 1 + 6 + 4 + 4);
  });

  it('lets flows meet, and counts what they share once', () => {
    const a = graph('g').source('a', listSource([1]), { capacity: 10 });
    const b = graph('h').source('b', listSource([2]), { capacity: 6 });
    const joined = a.join('j', b, { take: 3, capacity: 2 });
    expect(joined.nodes.map((node) => node.name)).toEqual(['a', 'b', 'j']);
    // Both links, 3 gathered, 2 of 1 + 3 in the link and one at the sink.
    expect(joined.sink('s', collect()).bound()).toBe(10 + 6 + 3 + 2 * 4 + 4);
    const again = joined.merge('m', [b, a], { capacity: 1 });
    expect(again.nodes.map((node) => node.name)).toEqual(['a', 'b', 'j', 'm']);
    expect(again.sink('s', collect()).nodes).toHaveLength(5);
    expect(again.end).toEqual({ after: 'm' });
  });
});
