import { expect, it } from 'vitest';
import { VARIATION_CLASSES } from '../../../operators/variation/classes.ts';
import { FACTORS } from '../../../pipeline/items.ts';

it("has the paper's numbers of classes, for every factor", () => {
  expect(FACTORS.map((factor) => VARIATION_CLASSES[factor])).toEqual([4, 7, 4, 5]);
});
