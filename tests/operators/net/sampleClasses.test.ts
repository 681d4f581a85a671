import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sampleClasses } from '../../../operators/net/sampleClasses.ts';

const sample = (labels: number[], more: { classes?: number; rate?: number; seed?: number; step?: number } = {}) => {
  const { classes = 50, rate = 0.2, seed = 3, step = 0 } = more;
  return sampleClasses({ classes, rate }, Int32Array.from(labels), { seed, step });
};

describe('a sample of the classes', () => {
  it('has all of the batch, rising, each once, and knows their places', () =>
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60 }).chain((classes) =>
          fc.record({
            classes: fc.constant(classes),
            rate: fc.double({ min: 0.01, max: 1, noNaN: true }),
            labels: fc.array(fc.integer({ min: 0, max: classes - 1 }), { minLength: 1, maxLength: 20 }),
            step: fc.nat(),
          }),
        ),
        ({ labels, ...options }) => {
          const { classes, places } = sample(labels, options);
          expect([...places].map((place) => classes[place])).toEqual(labels);
          expect([...classes]).toEqual([...new Set(classes)].toSorted((a, b) => a - b));
          expect(classes[0]).toBeGreaterThanOrEqual(0);
          expect(classes.at(-1)).toBeLessThan(options.classes);
          const share = Math.round(options.rate * options.classes);
          expect(classes).toHaveLength(Math.max(share, new Set(labels).size));
        },
      ),
      { seed: 1 },
    ));

  it('is keyed by seed and step', () => {
    const one = sample([4, 30], { step: 5 }).classes;
    expect(sample([4, 30], { step: 5 }).classes).toEqual(one);
    expect(sample([4, 30], { step: 6 }).classes).not.toEqual(one);
    expect(sample([4, 30], { step: 5, seed: 4 }).classes).not.toEqual(one);
  });

  it('is everybody at rate 1, and the batch alone where it is more than the share', () => {
    expect([...sample([2, 0], { classes: 4, rate: 1 }).classes]).toEqual([0, 1, 2, 3]);
    expect([...sample([9, 3, 9, 20], { rate: 0.02 }).classes]).toEqual([3, 9, 20]);
  });

  it('asks each of the others about as often', () => {
    const times = new Int32Array(50);
    const steps = 5000;
    for (let step = 0; step < steps; step++) for (const c of sample([7], { step }).classes) times[c]!++;
    expect(times[7]).toBe(steps);
    const share = 9 / 49;
    const tolerance = 5 * Math.sqrt(steps * share * (1 - share));
    for (const [c, count] of times.entries()) {
      if (c !== 7) expect(Math.abs(count - steps * share)).toBeLessThan(tolerance);
    }
  });
});
