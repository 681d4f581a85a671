import fc from 'fast-check';
import { expect, it } from 'vitest';
import { byLabel, listsByLabel } from '../../pipeline/byLabel.ts';
import { namedSource } from '../fixtures/sampled.ts';

it('sorts the images of a source by whose they are, and leaves out those of nobody', () => {
  const { classes, starts, indexes } = byLabel('test', namedSource({ labels: [2, 0, -1, 2, 0, 2] }));
  expect([classes, [...starts], [...indexes]]).toEqual([3, [0, 2, 2, 5], [1, 4, 0, 3, 5]]);
  expect(byLabel('test', namedSource({ labels: [-1, -1] }))).toMatchObject({ classes: 0 });
});

it('agrees with a filter for each label', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -1, max: 9 })), (labels) => {
      const { classes, starts, indexes } = byLabel('test', namedSource({ labels }));
      for (let c = 0; c < classes; c++)
        expect([...indexes.subarray(starts[c], starts[c + 1])]).toEqual(
          [...labels.keys()].filter((i) => labels[i] === c),
        );
    }),
  );
});

it('gives a list for each label, empty for one that does not occur', () => {
  const lists = listsByLabel('test', namedSource({ labels: [2, 0, -1, 2, 0, 2] }));
  expect(lists.map((list) => [...list])).toEqual([[1, 4], [], [0, 3, 5]]);
});

it('wants to know whose the images are', () => {
  expect(() => byLabel('identities', namedSource({ length: 3 }))).toThrow(
    "identities: source must be one that knows whose each image is, received 'faces'",
  );
});
