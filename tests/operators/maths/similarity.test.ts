import { expect, test } from 'vitest';
import { keyedRandom } from '../../../operators/maths/keyedRandom.ts';
import { inverse, similarity, transform } from '../../../operators/maths/similarity.ts';

const random = keyedRandom(1, 'points', 0, 0);
const points = Float64Array.from({ length: 10 }, () => random() * 100);

test('finds the similarity that made the points', () => {
  const made = { a: 0.8, b: -0.6, x0: 12, y0: -3 };
  const found = similarity(points, transform(made, points))!;
  expect(found.a).toBeCloseTo(made.a, 5);
  expect(found.b).toBeCloseTo(made.b, 5);
  expect(found.x0).toBeCloseTo(made.x0, 3);
  expect(found.y0).toBeCloseTo(made.y0, 3);
});

test('never reflects: mirrored points give a smaller scale instead', () => {
  const mirrored = points.map((value, i) => (i % 2 === 0 ? 100 - value : value));
  const { a, b } = similarity(points, mirrored)!;
  expect(Math.hypot(a, b)).toBeLessThan(1);
});

test('is the least-squares answer: no small change is better', () => {
  const to = points.map((value) => value + random() * 10);
  const best = similarity(points, to)!;
  const error = (s: typeof best): number => {
    const placed = transform(s, points);
    return to.reduce((sum, value, i) => sum + (value - placed[i]!) ** 2, 0);
  };
  for (const name of ['a', 'b', 'x0', 'y0'] as const) {
    for (const change of [-0.01, 0.01])
      expect(error({ ...best, [name]: best[name] + change })).toBeGreaterThan(error(best));
  }
});

test('its inverse brings points back', () => {
  const s = { a: 0.5, b: 1.5, x0: 7, y0: -9 };
  const there = transform(s, points);
  transform(inverse(s)!, there).forEach((value, i) => expect(value).toBeCloseTo(points[i]!, 3));
  expect(inverse({ a: 0, b: 0, x0: 1, y0: 1 })).toBeUndefined();
});

test('coinciding points and points that are no numbers determine nothing', () => {
  expect(similarity([5, 5, 5, 5], [1, 2, 3, 4])).toBeUndefined();
  expect(similarity([1, 2, NaN, 4], [1, 2, 3, 4])).toBeUndefined();
});
