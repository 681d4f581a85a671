import { map } from 'rxjs';
import { expect, it } from 'vitest';
import { graph } from '../../pipeline/graph.ts';
import { inletsOf, outOf, takersOf } from '../../pipeline/nodes.ts';
import { collect, listSource } from '../contracts/doubles.ts';

const a = graph('g').source('a', listSource([1]));
const b = graph('h').source('b', listSource([2])).pipe('face', map((x: number) => x), { label: { out: 'Face' } }); // prettier-ignore
const { nodes } = a.join('j', b, { take: 3 }).merge('m', [a]).sink('s', collect());
const named = (name: string) => nodes.find((node) => node.name === name)!;

it('knows what a node takes, who takes what it gives, and what that is', () => {
  expect(inletsOf(named('a'))).toEqual([]);
  expect(inletsOf(named('s')).map(({ after }) => after)).toEqual(['m']);
  expect(inletsOf(named('m')).map(({ after }) => after)).toEqual(['j', 'a']);
  expect(takersOf(nodes, 'a').map(({ name }) => name)).toEqual(['j', 'm']);
  expect(takersOf(nodes, 's')).toEqual([]);
  expect(outOf(named('face'), nodes)).toBe('Face');
  expect(outOf(named('j'), nodes)).toBe('item + 3 Face');
  expect(outOf(named('m'), nodes)).toBe('item + 3 Face | item');
});

it('has one entry for a node that takes twice', () => {
  const twice = a.join('j', a, { take: 1 }).nodes;
  expect(twice.map(({ name }) => name)).toEqual(['a', 'j']);
  expect(takersOf(twice, 'a').map(({ name }) => name)).toEqual(['j', 'j']);
});
