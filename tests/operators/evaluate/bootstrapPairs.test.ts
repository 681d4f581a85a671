import { describe, expect, it } from 'vitest';
import { bootstrapPairs, pairWeights } from '../../../operators/evaluate/bootstrapPairs.ts';
import { keyedRandom } from '../../../operators/maths/keyedRandom.ts';

describe('bootstrapPairs', () => {
  it('weighs a pair by how often its people were drawn', () => {
    expect([...pairWeights(Int32Array.of(0, 0, 0, 1, 1, 2), [3, 2, 0])]).toEqual([3, 6, 0]);
  });

  it('gives the same for one seed, and another for another', () => {
    const scores = { distances: new Float64Array(20), people: Int32Array.from({ length: 40 }, (_, i) => i % 7) };
    const read = (weights: Float64Array): number[] => [weights.reduce((sum, weight) => sum + weight, 0)];
    const bounds = bootstrapPairs(scores, read, { resamples: 200 });
    expect(bootstrapPairs(scores, read, { resamples: 200 })).toEqual(bounds);
    expect(bootstrapPairs(scores, read, { resamples: 200, seed: 9 })).not.toEqual(bounds);
    expect(bounds[0]![0]).toBeLessThan(bounds[0]![1]);
  });

  it('covers the truth about as often as it says where pairs of one person go wrong together', () => {
    const [people, each, truth] = [40, 6, 0.3];
    const covered = { people: 0, pairs: 0 };
    const TRIALS = 60;
    for (let trial = 0; trial < TRIALS; trial++) {
      const random = keyedRandom(5, 'population', trial, 0);
      const wrong = Array.from({ length: people }, () => random() < truth);
      const distances = Float64Array.from({ length: people * each }, (_, i) => Number(wrong[Math.floor(i / each)]));
      const owners = Int32Array.from({ length: 2 * people * each }, (_, i) => Math.floor(i / 2 / each));
      const share = (weights: Float64Array): number[] => {
        const total = weights.reduce((sum, weight) => sum + weight, 0);
        return [weights.reduce((sum, weight, i) => sum + weight * distances[i]!, 0) / total];
      };
      for (const [kind, scores] of Object.entries({ people: { distances, people: owners }, pairs: { distances } })) {
        const [[low, high]] = bootstrapPairs(scores, share, { resamples: 200 }) as [[number, number]];
        if (low <= truth && truth <= high) covered[kind as keyof typeof covered]++;
      }
    }
    expect(covered.people / TRIALS).toBeGreaterThan(0.85);
    // Pairs taken as independent claim to know more than there is to know.
    expect(covered.pairs / TRIALS).toBeLessThan(0.7);
  });

  it('leaves out resamples that say nothing, and refuses too few', () => {
    let calls = 0;
    const [[low, high]] = bootstrapPairs({ distances: new Float64Array(4) }, () => [calls++ % 2 ? NaN : 1]) as [[number, number]]; // prettier-ignore
    expect([low, high, calls]).toEqual([1, 1, 1000]);
    expect(() => bootstrapPairs({ distances: new Float64Array(4) }, () => [1], { resamples: 10 })).toThrow(
      'bootstrapPairs: resamples must be a whole number of at least 100, received 10',
    );
  });
});
