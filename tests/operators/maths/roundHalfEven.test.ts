import { expect, test } from 'vitest';
import { roundHalfEven } from '../../../operators/maths/roundHalfEven.ts';

test('rounds to the nearest, the middle to the even one', () => {
  const values = [-2.5, -1.5, -0.75, 0.49999999, 0.5, 1.5, 2.5, 2.51, 254.5, 7];
  expect(values.map(roundHalfEven)).toEqual([-2, -2, -1, 0, 0, 2, 2, 3, 254, 7]);
});
