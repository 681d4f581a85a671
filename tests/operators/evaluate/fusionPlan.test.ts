import { expect, it } from 'vitest';
import { fusionPlan } from '../../../operators/evaluate/fusionPlan.ts';

it('numbers templates by their ids, and media within them', () => {
  // Medium 5 is in both templates: it counts as two.
  const plan = fusionPlan(Int32Array.of(9, 7, 9, 7), Int32Array.of(5, 5, 5, 6));
  expect(plan.templates).toEqual(Int32Array.of(7, 9));
  expect([plan.numberOf(9), plan.numberOf(8)]).toEqual([1, -1]);
  expect(plan.mediumOf).toEqual(Int32Array.of(0, 1, 0, 2));
  expect(plan.templateOf).toEqual(Int32Array.of(1, 0, 0));
  expect(plan.images).toEqual(Int32Array.of(2, 1, 1));
  expect(plan.media).toEqual(Int32Array.of(2, 1));
});

it('wants a medium for each image', () => {
  expect(() => fusionPlan(Int32Array.of(1, 2), Int32Array.of(1))).toThrow('media must be one for each of 2 images');
});
