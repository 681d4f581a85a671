import { expect, it } from 'vitest';
import { pairPeople } from '../../../operators/evaluate/pairPeople.ts';

it('numbers people by the folders of their images, covered ones too', () => {
  const pairs = [
    { a: 'Ann/Ann_0001', b: 'Ann/Ann_0002#0', same: true },
    { a: 'Bob/1', b: 'Ann/Ann_0001', same: false },
  ];
  expect([...pairPeople({ name: 'two', pairs, folds: 1 })]).toEqual([0, 0, 1, 0]);
});
