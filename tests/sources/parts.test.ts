import { expect, it } from 'vitest';
import { labelled } from '../../sources/labelled.ts';
import { parts } from '../../sources/parts.ts';
import { sourceContract } from '../contracts/source.ts';
import { drawn } from '../fixtures/drawn.ts';

const mixed = { people: [...'abcdefgh'], labels: [0, 0, 1, 2, 3, 4, 5, 6, 7, 7, -1, -1, -1, -1, -1, -1] };

sourceContract('parts, the only one', {
  make: () => parts(drawn('s', { people: ['ann'], labels: [0, 0, -1] }), 1, { seed: 3 })[0]!,
  ids: ['s/0', 's/1', 's/2'],
  labels: [0, 0, -1],
  classes: ['ann'],
  bytes: [0, 1, 2].map((i) => Uint8Array.of(i)),
});

it('deals people whole, and images of nobody one by one', async () => {
  const all = labelled(drawn('s', mixed), { blur: (id) => Number(id.slice(2)) % 4 });
  const cut = parts(all, 2, { seed: 5 });
  for (const part of cut) await part.open();
  const ids = cut.map((part) => Array.from(part.labels, (_, i) => part.id(i)));
  expect(ids.flat().toSorted()).toEqual(Array.from(mixed.labels, (_, i) => `s/${i}`).toSorted());
  const people = cut.map(({ labels }) => new Set(labels.filter((label) => label >= 0)));
  expect(people.map(({ size }) => size)).toEqual([4, 4]);
  expect([...people[0]!].filter((label) => people[1]!.has(label))).toEqual([]);
  expect(cut.map(({ labels }) => labels.filter((label) => label < 0).length)).toEqual([3, 3]);
  for (const [k, part] of cut.entries())
    expect([...part.variation!.blur!]).toEqual(ids[k]!.map((id) => Number(id.slice(2)) % 4));
  const [again] = parts(drawn('s', mixed), 2, { seed: 5 });
  const [other] = parts(drawn('s', mixed), 2, { seed: 6 });
  await again!.open();
  await other!.open();
  expect([...again!.labels]).toEqual([...cut[0]!.labels]);
  expect([...other!.labels]).not.toEqual([...cut[0]!.labels]);
});

it('refuses a part that would be empty', async () => {
  const [, second] = parts(drawn('s', { people: ['ann'], labels: [0, 0] }), 2, { seed: 1 });
  const [first] = parts(drawn('s', { people: ['ann'], labels: [0, 0] }), 2, { seed: 1 });
  const opened = await Promise.allSettled([first!.open(), second!.open()]);
  expect(opened.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  expect(() => parts(drawn('s', mixed), 0, { seed: 1 })).toThrow('parts: count must be a whole number of at least 1');
});
