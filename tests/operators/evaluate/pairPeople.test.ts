import { expect, it } from 'vitest';
import { pairPeople } from '../../../operators/evaluate/pairPeople.ts';

it('numbers people by the folders of their images, covered ones too', () => {
  const pairs = [
    { a: 'Ann/Ann_0001', b: 'Ann/Ann_0002#0', same: true },
    { a: 'Bob/1', b: 'Ann/Ann_0001', same: false },
  ];
  expect(pairPeople({ name: 'two', pairs, folds: 1 })).toEqual(Int32Array.of(0, 0, 1, 0));
});

it('takes nobody for a person where images are only numbered', () => {
  const numbered = { name: 'two', pairs: [{ a: '0', b: '1', same: true }], folds: 1 };
  expect(pairPeople(numbered)).toBeUndefined();
  expect(pairPeople({ ...numbered, pairs: [...numbered.pairs, { a: 'Ann/1', b: '2', same: false }] })).toBeUndefined();
});
