import { expect, it } from 'vitest';
import { countLabels } from '../../../operators/variation/countLabels.ts';

it('counts labels by class, and who has none', () => {
  const counts = countLabels({ ethnicity: [0, 3, -1, 3], blur: Int32Array.of(-1, -1, -1, 2) });
  expect(counts.ethnicity).toEqual({ labelled: 3, leftOut: 1, classes: [1, 0, 0, 2] });
  expect(counts.blur).toEqual({ labelled: 1, leftOut: 3, classes: [0, 0, 1, 0] });
  expect(counts.pose).toEqual({ labelled: 0, leftOut: 4, classes: new Array(7).fill(0) });
  expect(countLabels({}, 5).occlusion.leftOut).toBe(5);
});
