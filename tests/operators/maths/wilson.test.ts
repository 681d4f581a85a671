import { expect, it } from 'vitest';
import { wilson } from '../../../operators/maths/wilson.ts';

it('gives the rates that are just as far away as chance goes', () => {
  // The rates r at which |hits / trials - r| is z sqrt(r (1 - r) / trials).
  for (const [hits, trials] of [
    [3, 3000],
    [1, 2],
    [0, 50],
    [50, 50],
  ] as const)
    // prettier-ignore
    for (const rate of wilson(hits, trials)) {
      const apart = Math.abs(hits / trials - rate);
      expect(apart).toBeCloseTo(1.959963984540054 * Math.sqrt((rate * (1 - rate)) / trials), 8);
    }
  expect(wilson(3, 3000).map((rate) => rate.toFixed(6))).toEqual(['0.000340', '0.002936']);
});

it('refuses what is no count', () => {
  expect(() => wilson(1, 0)).toThrow('wilson: hits must be from 0 to the number of trials, 0, received 1');
  expect(() => wilson(3, 2)).toThrow('received 3');
});
