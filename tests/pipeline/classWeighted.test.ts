import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { classWeighted } from '../../pipeline/classWeighted.ts';
import type { Sampler } from '../../pipeline/sampler.ts';
import { countsOf, epochOf, namedSource } from '../fixtures/sampled.ts';

type Weights = Parameters<typeof classWeighted>[0];
const make = (labels: readonly number[], weights: Weights, seed = 7): Sampler =>
  classWeighted(weights)(namedSource({ labels }), [seed, 'faces']);
const label = fc.integer({ min: -1, max: 7 });

describe('classWeighted', () => {
  it('draws every class its share of an epoch, rounded down or up, and every image its own', () => {
    fc.assert(
      fc.property(
        fc.array(label, { minLength: 1, maxLength: 200 }).filter((labels) => labels.some((c) => c >= 0)),
        fc.oneof(fc.constant('inverse' as const), fc.array(fc.double({ min: 0.01, max: 9, noNaN: true }), { minLength: 8, maxLength: 8 })), // prettier-ignore
        fc.nat(50),
        (labels, weights, epoch) => {
          const drawn = epochOf(make(labels, weights), epoch);
          expect(drawn.length).toBe(labels.length);
          const sizes = countsOf(labels.filter((c) => c >= 0), 8); // prettier-ignore
          const weight = (c: number): number => (weights === 'inverse' ? 1 / sizes[c]! : weights[c]!);
          const total = sizes.reduce((sum, size, c) => (size === 0 ? sum : sum + size * weight(c)), 0);
          const often = countsOf(drawn, labels.length);
          labels.forEach((c, index) => {
            if (c < 0) return expect(often[index]).toBe(0);
            expect(Math.abs(often[index]! - (weight(c) / total) * labels.length)).toBeLessThan(1 + 1e-9);
          });
          const classes = countsOf(drawn.map((index) => labels[index]!), 8); // prettier-ignore
          sizes.forEach((size, c) => {
            const share = size === 0 ? 0 : ((size * weight(c)) / total) * labels.length;
            expect(Math.abs(classes[c]! - share)).toBeLessThan(1 + 1e-9);
          });
        },
      ),
      { numRuns: 200 },
    );
  });

  it('draws at one position each class and each image with its probability', () => {
    const labels = [0, 0, 0, 0, 0, 0, 1, 1, 1, 2];
    const epochs = 6000;
    for (const [weights, share] of [
      ['inverse', [1 / 3, 1 / 3, 1 / 3]],
      [
        [1, 2, 4],
        [6 / 16, 6 / 16, 4 / 16],
      ],
    ] as const) {
      const sampler = make(labels, weights);
      const often = countsOf(Array.from({ length: epochs }, (_, epoch) => sampler.at(epoch, 4)), 10); // prettier-ignore
      const sizes = [6, 3, 1];
      const chi = often.reduce((sum, n, index) => {
        const expected = (epochs * share[labels[index]!]!) / sizes[labels[index]!]!;
        return sum + (n - expected) ** 2 / expected;
      }, 0);
      // Chi square with 9 degrees of freedom: above 33.7 once in 10,000.
      expect(chi).toBeLessThan(33.7);
    }
  });

  it('never draws what weighs nothing', () => {
    const sampler = make([0, 1, 2, 3, 3, 0], [0, 1, 0, 0.5]);
    const seen = new Set(Array.from({ length: 200 }, (_, epoch) => epochOf(sampler, epoch)).flat());
    expect(seen).toEqual(new Set([1, 3, 4]));
  });

  it('is a function of seed, epoch and position alone', () => {
    const labels = Array.from({ length: 60 }, (_, i) => i % 7);
    const all = [0, 1].map((epoch) => epochOf(make(labels, 'inverse'), epoch));
    const sampler = make(labels, 'inverse');
    for (const [epoch, position] of [
      [1, 59],
      [0, 3],
      [1, 0],
    ] as const)
      // prettier-ignore
      expect(sampler.at(epoch, position)).toBe(all[epoch]![position]);
    expect(all[0]).not.toEqual(all[1]);
    expect(epochOf(make(labels, 'inverse', 8), 0)).not.toEqual(all[0]);
  });

  it('refuses weights that are none', () => {
    expect(() => classWeighted([1, -1])).toThrow(
      'classWeighted: weights[1] must be a number of at least 0, received -1',
    );
    expect(() => classWeighted([NaN])).toThrow('weights[0]');
    expect(() => make([0, 1, 2], [1, 1])).toThrow('weights must be 3 numbers, one a class of faces, received 2');
    expect(() => make([0, 1], [0, 0])).toThrow('weights must be above 0 for a class with images in faces');
    expect(() => make([-1], 'inverse')).toThrow('weights must be above 0 for a class with images in faces');
  });
});
