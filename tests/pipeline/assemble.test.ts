import { expect, it } from 'vitest';
import type { Actor } from '../../pipeline/actor.ts';
import { assemble } from '../../pipeline/assemble.ts';
import { graph } from '../../pipeline/graph.ts';
import type { Link } from '../../pipeline/link.ts';
import { collect, listSource } from '../contracts/doubles.ts';

it('lays a link between any two, branches of one item behind a fork, and ranks upstream first', () => {
  const a = graph('g').source('a', listSource([1]), { capacity: 5 });
  const { nodes } = a.join('j', a, { take: 1, capacity: 3 }).sink('s', collect());
  const laid: { name: string; inlets: readonly Link<unknown>[]; outlets: readonly Link<unknown>[] }[] = [];
  const woken: string[] = [];
  const sources: (string | undefined)[] = [];
  const actor = (name: string, inlets: readonly Link<unknown>[], outlets: readonly Link<unknown>[]): Actor => {
    laid.push({ name, inlets, outlets });
    return { name, rank: 0, wake: () => void woken.push(name) } as unknown as Actor;
  };
  const actors = assemble(nodes, {
    actor: ({ name }, { inlets, outlet }, source) => {
      sources.push(source);
      return actor(name, inlets, outlet === undefined ? [] : [outlet]);
    },
    broadcast: (name, inlet, outlets) => actor(`fork of ${name}`, [inlet], outlets),
  });
  expect(actors.map(({ name, rank }) => [name, rank])).toEqual([['a', 0], ['fork of a', 1], ['j', 2], ['s', 3]]); // prettier-ignore
  const [source, fork, join, sink] = laid;
  expect(fork!.inlets).toEqual(source!.outlets);
  expect(join!.inlets).toEqual(fork!.outlets);
  expect(sink!.inlets).toEqual(join!.outlets);
  expect(laid.flatMap(({ outlets }) => outlets.map(({ capacity }) => capacity))).toEqual([5, 1, 1, 3]);
  expect(sources).toEqual(['a', 'a', 'a']);
  fork!.outlets[0]!.offer(1);
  fork!.outlets[0]!.take();
  expect(woken).toEqual(['j', 'fork of a']);
});

it('does not know the source of what comes from several', () => {
  const [a, b] = ['a', 'b'].map((name) => graph('g').source(name, listSource([1])));
  const sources: (string | undefined)[] = [];
  const none = (): Actor => ({ wake: () => undefined }) as unknown as Actor;
  assemble(a!.merge('m', [b!]).sink('s', collect()).nodes, {
    actor: (_, __, source) => (sources.push(source), none()),
    broadcast: none,
  });
  expect(sources).toEqual(['a', 'b', undefined, undefined]);
});
