import { describe, expect, it } from 'vitest';
import { keyedRandom } from '../../../operators/maths/keyedRandom.ts';
import { randomSubset } from '../../../operators/maths/randomSubset.ts';

describe('a random subset', () => {
  it.each([
    [0, 5],
    [1, 1],
    [3, 7],
    [5, 5],
    [400, 1000],
  ])('has %d of %d', (count, of) => {
    const chosen = randomSubset(count, of, keyedRandom(1, 'subset', count, of));
    expect(chosen).toHaveLength(of);
    expect(chosen.reduce((sum, x) => sum + x, 0)).toBe(count);
    expect(chosen.every((x) => x === 0 || x === 1)).toBe(true);
  });

  it('is each of the ten pairs of five about as often', () => {
    const draws = 20_000;
    const seen = new Map<string, number>();
    for (let i = 0; i < draws; i++) {
      const pair = randomSubset(2, 5, keyedRandom(7, 'pairs', i, 0)).join('');
      seen.set(pair, (seen.get(pair) ?? 0) + 1);
    }
    expect(seen.size).toBe(10);
    // Five standard deviations of a binomial.
    const tolerance = 5 * Math.sqrt(draws * 0.1 * 0.9);
    for (const times of seen.values()) expect(Math.abs(times - draws / 10)).toBeLessThan(tolerance);
  });
});
