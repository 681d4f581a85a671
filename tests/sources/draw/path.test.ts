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
  ).toBe('M0 0C10 0 50 0 60 0');
  const through = curve(
    [
      [0, 0],
      [1, 2],
      [3, 1],
    ],
    true,
  );
  expect(through).toMatch(/^M0 0C.* 20 40C.* 60 20C.* 0 0Z$/);
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
