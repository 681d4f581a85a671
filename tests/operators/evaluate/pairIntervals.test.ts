import { expect, it } from 'vitest';
import { pairIntervals } from '../../../operators/evaluate/pairIntervals.ts';
import { expected, FARS, weighedPairs } from '../../fixtures/weighedPairs.ts';

it('puts an interval around each figure', () => {
  const found = pairIntervals(weighedPairs(), FARS, { resamples: 300 });
  const { accuracy, auc, tars } = expected.figures[0]!;
  for (const [value, [low, high]] of [
    [accuracy, found.accuracy],
    [auc, found.auc],
    ...tars.map((tar, i) => [tar, found.tar[i]!] as const),
  ] as const) {
    expect(low).toBeLessThan(value);
    expect(high).toBeGreaterThan(value);
    expect(high - low).toBeLessThan(0.5);
  }
});

it('knows more of more people', () => {
  const few = weighedPairs();
  const width = ([low, high]: [number, number]): number => high - low;
  const many = {
    ...few,
    distances: Float64Array.from([...few.distances, ...few.distances, ...few.distances, ...few.distances]),
    same: Uint8Array.from([...few.same, ...few.same, ...few.same, ...few.same]),
    people: Int32Array.from([0, 1, 2, 3].flatMap((k) => [...few.people].map((person) => person + 37 * k))),
  };
  const [of, ofMore] = [few, many].map((scores) => width(pairIntervals(scores, [0.2], { resamples: 200 }).auc));
  // Four times the people, half the width.
  expect(ofMore! / of!).toBeGreaterThan(0.35);
  expect(ofMore! / of!).toBeLessThan(0.65);
});
