import { expect, it } from 'vitest';
import { hex, hsl, mix, ramp, scale } from '../../../sources/draw/colour.ts';

it('writes colours, cut to what there is', () => {
  expect(hex([0, 127.6, 300])).toBe('#0080ff');
  expect(hex([-4, 9, 15])).toBe('#00090f');
});

it('mixes and scales them', () => {
  expect(mix([0, 10, 100], [10, 20, 200], 0.5)).toEqual([5, 15, 150]);
  expect(scale([10, 20, 30], 2)).toEqual([20, 40, 60]);
  expect(scale([10, 20, 30], [1, 2, 3])).toEqual([10, 40, 90]);
});

it('walks along a row of colours, and not beyond its ends', () => {
  const row = [
    [0, 0, 0],
    [100, 0, 0],
    [100, 100, 0],
  ] as const;
  expect([-1, 0, 0.25, 0.5, 0.75, 1, 2].map((share) => ramp(row, share)[0])).toEqual([0, 0, 50, 100, 100, 100, 100]);
  expect(ramp(row, 0.75)[1]).toBe(50);
});

it('knows colours by hue, saturation and lightness', () => {
  expect([0, 120, 240].map((hue) => hex(hsl(hue, 1, 0.5)))).toEqual(['#ff0000', '#00ff00', '#0000ff']);
  expect(hex(hsl(77, 0, 0.5))).toBe('#808080');
});
