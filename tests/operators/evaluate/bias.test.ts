import { expect, it } from 'vitest';
import { bias } from '../../../operators/evaluate/bias.ts';

it.each([
  ['CosFace', [99.01, 97.62, 97.2, 97.96], 0.67, 2.83],
  ['one variation', [99.06, 97.9, 97.83, 98.23], 0.49, 2.31],
  ['all variations', [99.16, 98.06, 97.78, 98.28], 0.516, 2.64],
])("gives the bias of MvCoM's Table 1, %s", (_, accuracies, std, ratio) => {
  const found = bias(accuracies.map((accuracy) => 1 - accuracy / 100));
  expect(100 * found.std).toBeCloseTo(std, 2);
  expect(found.ratio).toBeCloseTo(ratio, 2);
});

it('knows perfect groups', () => {
  expect(bias([0, 0])).toEqual({ mean: 0, std: 0, ratio: 1 });
  expect(bias([0, 0.5]).ratio).toBe(Infinity);
});
