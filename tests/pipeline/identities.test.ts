import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { identities } from '../../pipeline/identities.ts';
import type { Sampler } from '../../pipeline/sampler.ts';
import { countsOf, epochOf, namedSource } from '../fixtures/sampled.ts';

/** Labels of people with so many images each, in a row dealt like cards. */
const dealt = (images: readonly number[]): number[] => {
  const rounds = Array.from({ length: Math.max(...images) }, (_, round) => round);
  return rounds.flatMap((round) => images.flatMap((count, person) => (round < count ? [person] : [])));
};
const make = (labels: readonly number[], people: number, images: number, seed = 7): Sampler =>
  identities({ people, images })(namedSource({ labels }), [seed, 'faces']);

const someone = fc
  .array(fc.nat(12), { minLength: 1, maxLength: 25 })
  .filter((images) => images.some((count) => count > 0));

describe('identities', () => {
  it('gives batches of P people with K images each, as many different ones as they have', () => {
    fc.assert(
      fc.property(someone, fc.nat(), fc.integer({ min: 1, max: 6 }), fc.nat(100), (counts, size, images, epoch) => {
        const labels = dealt(counts);
        const present = counts.filter((count) => count > 0).length;
        const people = 1 + (size % present);
        const drawn = epochOf(make(labels, people, images), epoch);
        expect(drawn.length).toBe(Math.ceil(present / people) * people * images);
        for (let at = 0; at < drawn.length; at += people * images) {
          const batch = drawn.slice(at, at + people * images);
          const whose = new Set(batch.map((index) => labels[index]!));
          expect(whose.size).toBe(people);
          for (const person of whose) {
            const shown = batch.filter((index) => labels[index] === person);
            expect(shown.length).toBe(images);
            const often = [...new Set(shown)].map((index) => shown.filter((other) => other === index).length);
            expect(often.length).toBe(Math.min(images, counts[person]!));
            expect(Math.max(...often) - Math.min(...often)).toBeLessThanOrEqual(1);
          }
        }
        // Everybody comes once before anybody comes twice; the fill of the last batch is all that does.
        const seats = drawn.filter((_, i) => i % images === 0).map((index) => labels[index]!);
        expect(new Set(seats.slice(0, present)).size).toBe(present);
      }),
      { numRuns: 200 },
    );
  });

  it('shows every image of a person before it begins again', () => {
    const [count, images] = [11, 4];
    const sampler = make(dealt([count, count, count]), 3, images);
    for (const first of [0, 3, 6]) {
      const seen = [0, 1, 2].flatMap((e) => epochOf(sampler, first + e));
      expect(new Set(seen).size).toBe(3 * count);
      expect(Math.max(...countsOf(seen, 3 * count))).toBe(2);
    }
  });

  it('leaves out images of nobody, and classes without images', () => {
    const drawn = new Set(epochOf(make([-1, 3, 3, 1, -1, 1], 2, 2), 0));
    expect(drawn).toEqual(new Set([1, 2, 3, 5]));
  });

  it('is a function of seed, epoch and position alone', () => {
    const labels = dealt([5, 2, 9, 4, 4]);
    const all = [0, 1, 2].map((epoch) => epochOf(make(labels, 2, 3), epoch));
    const sampler = make(labels, 2, 3);
    for (const [epoch, position] of [
      [2, 17],
      [0, 3],
      [2, 0],
      [1, 16],
      [0, 4],
    ] as const)
      // prettier-ignore
      expect(sampler.at(epoch, position)).toBe(all[epoch]![position]);
    expect(all[0]).not.toEqual(all[1]);
    expect(epochOf(make(labels, 2, 3, 8), 0)).not.toEqual(all[0]);
  });

  it('puts anybody beside anybody, and takes any image', () => {
    const labels = dealt([5, 5, 5, 5, 5]);
    const sampler = make(labels, 2, 1);
    const epochs = 4000;
    const pairs = new Float64Array(25);
    const images = new Float64Array(25);
    for (let epoch = 0; epoch < epochs; epoch++) {
      const [a, b] = [sampler.at(epoch, 0), sampler.at(epoch, 1)];
      pairs[labels[a]! * 5 + labels[b]!]!++;
      images[a]!++;
    }
    const chi = (counts: Float64Array, cells: number): number =>
      counts.reduce((sum, n) => (n === 0 ? sum : sum + (n - epochs / cells) ** 2 / (epochs / cells)), 0);
    expect(pairs.filter((n) => n > 0).length).toBe(20);
    // Chi square with 19 and 24 degrees of freedom: above 50.8 and 58.6 once in 10,000.
    expect(chi(pairs, 20)).toBeLessThan(50.8);
    expect(chi(images, 25)).toBeLessThan(58.6);
  });

  it('refuses what cannot fill a batch', () => {
    expect(() => identities({ people: 0, images: 2 })).toThrow('people must be a whole number of at least 1');
    expect(() => identities({ people: 2, images: 0.5 })).toThrow('images must be a whole number of at least 1');
    expect(() => make([0, 1, -1], 3, 1)).toThrow('people must be at most 2, the people of faces, received 3');
  });
});
