import { expect, it } from 'vitest';
import { farsOf, scoreCurves } from '../../../operators/evaluate/scoreCurves.ts';
import { keyedRandom } from '../../../operators/maths/keyedRandom.ts';
import { tarAtFars } from '../../../operators/maths/tarAtFars.ts';

const random = keyedRandom(3, 'scores', 0, 0);
/** Of 500 heights, so that many are equal. */
const drawn = (count: number, middle: number): Float64Array =>
  Float64Array.from({ length: count }, () => Math.round(250 * (middle + random() + random() - 1)) / 500).toSorted();
const scores = { genuine: drawn(700, 0.7), impostors: drawn(2500, 0) };

it('begins at the FAR that one impostor makes and ends at 1', () => {
  expect([farsOf(1000)[0], farsOf(1000).at(-1), farsOf(1000).length]).toEqual([0.001, 1, 25]);
  expect(farsOf(1001)[0]).toBe(0.001);
  expect(farsOf(999)[0]).toBeGreaterThan(0.001);
  expect(farsOf(1)).toEqual([1]);
});

it('reads TAR as the walk over all points of the curve does', () => {
  const { far, tar } = scoreCurves(scores).roc;
  expect(tar).toEqual(tarAtFars(scores, far, 'atMost').map((point) => expect.closeTo(point.tar, 12)));
  expect(new Set(tar).size).toBeGreaterThan(15);
});

it('counts every score once', () => {
  const { from, width, genuine, impostors } = scoreCurves(scores).histogram;
  const sum = (shares: number[]): number => shares.reduce((a, b) => a + b, 0);
  expect([sum(genuine), sum(impostors)]).toEqual([expect.closeTo(1, 12), expect.closeTo(1, 12)]);
  const at = 30;
  const inside = scores.impostors.filter((score) => Math.floor((score - from) / width) === at).length;
  expect(impostors[at]).toBeCloseTo(inside / 2500, 12);
  const one = scoreCurves({ genuine: Float64Array.of(0.5), impostors: Float64Array.of(0.5) });
  expect([one.histogram.genuine[0], one.roc.tar]).toEqual([1, [1]]);
  expect(() => scoreCurves({ genuine: Float64Array.of(), impostors: Float64Array.of(1) })).toThrow('of both kinds');
});
