import { expect, it } from 'vitest';
import { rankCorrelation } from '../../../operators/maths/rankCorrelation.ts';

it('knows an order, its contrary, and ties', () => {
  expect(rankCorrelation([1, 2, 3, 9], [10, 20, 400, 401])).toBeCloseTo(1, 12);
  expect(rankCorrelation([1, 2, 3, 9], [5, 4, 0, -7])).toBeCloseTo(-1, 12);
  // By hand: ranks 1.5, 1.5, 3, 4 and 2, 1, 4, 3.
  expect(rankCorrelation([7, 7, 8, 9], [2, 1, 4, 3])).toBeCloseTo(3.5 / Math.sqrt(4.5 * 5), 12);
  expect(rankCorrelation([1, 1, 1], [1, 2, 3])).toBeNaN();
});
