import { expect, it } from 'vitest';
import { spread } from '../../../../pipeline/cli/bench/benchmark.ts';

it('has the middle of an even number of rounds between two of them', () => {
  expect(spread([4, 1, 3, 2])).toEqual({ median: 2.5, min: 1, max: 4 });
  expect(spread([9, 1, 3])).toEqual({ median: 3, min: 1, max: 9 });
});
