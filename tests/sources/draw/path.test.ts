import { expect, it } from 'vitest';
import { curve, dots, hundredths, n, polygon } from '../../../sources/draw/path.ts';

it('writes lengths in whole units, twenty to a pixel, and other numbers to a hundredth', () => {
  expect([n(1), n(0.024), n(0.026), n(-2.5)]).toEqual(['20', '0', '1', '-50']);
  expect([hundredths(1), hundredths(0.126), hundredths(-0.5)]).toEqual(['1', '0.13', '-0.5']);
});

it('draws a curve through its points, straight where they lie in a row', () => {
  expect(
    curve([
      [0, 0],
      [3, 0],
    ]),
  ).toBe('M0 0c10 0 50 0 60 0');
  // Each piece ends with the way to the next point.
  expect(
    curve(
      [
        [0, 0],
        [1, 2],
        [3, 1],
      ],
      true,
    ),
  ).toMatch(/^M0 0c\S+ \S+ \S+ \S+ 20 40 .* 40 -20 .* -60 -20Z$/);
});

it('draws straight outlines and dots', () => {
  expect(
    polygon([
      [0, 0],
      [1, 0],
      [1, 1],
    ]),
  ).toBe('M0 0L20 0L20 20Z');
  expect(
    dots([
      [0, 0],
      [1, 2],
    ]),
  ).toBe('M0 0h0M20 40h0');
});
