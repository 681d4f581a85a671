import { describe, expect, test } from 'vitest';
import { resizeTaps } from '../../../operators/image/resizeTaps.ts';
import type { TapsName } from '../../../operators/image/resizeTaps.ts';

const at = (name: TapsName, from: number, to: number, i: number): { pixels: number[]; weights: number[] } => {
  const { count, first, weights } = resizeTaps(name, from, to);
  const pixels = Array.from({ length: count }, (_, k) => Math.min(Math.max(first[i]! + k, 0), from - 1));
  return { pixels, weights: [...weights.subarray(i * count, (i + 1) * count)] };
};

const sinc = (x: number): number => Math.sin(Math.PI * x) / (Math.PI * x);

describe('in the middle between two pixels, in 1 / 2048', () => {
  const lanczos = [-3.5, -2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 3.5].map((x) => sinc(x) * sinc(x / 4));
  const sum = lanczos.reduce((total, weight) => total + weight);
  test.each([
    ['bilinear', [4, 5], [1024, 1024]],
    ['bicubic', [3, 4, 5, 6], [-192, 1216, 1216, -192]],
    ['lanczos4', [1, 2, 3, 4, 5, 6, 7, 8], lanczos.map((weight) => Math.round((weight / sum) * 2048))],
  ] as const)('%s', (name, pixels, weights) => {
    expect(at(name, 10, 5, 2)).toEqual({ pixels, weights });
  });
});

test('area where it enlarges mixes only the pixels across whose border it lies', () => {
  expect([0, 1, 2].map((i) => at('area', 2, 3, i))).toEqual([
    { pixels: [0, 1], weights: [2048, 0] },
    { pixels: [0, 1], weights: [1024, 1024] },
    { pixels: [1, 1], weights: [2048, 0] },
  ]);
});

test.each(['bilinear', 'area', 'bicubic', 'lanczos4'] as const)(
  '%s adds up to one and is never further beyond a border than half its neighbours',
  (name) => {
    for (const [from, to] of [
      [112, 37],
      [22, 112],
      [1, 9],
      [3, 2],
    ] as const) {
      const { count, first, weights } = resizeTaps(name, from, to);
      expect(Math.min(...first)).toBeGreaterThanOrEqual(-count / 2);
      expect(Math.max(...first)).toBeLessThan(from);
      for (let i = 0; i < to; i++) {
        const sum = weights.subarray(i * count, (i + 1) * count).reduce((total, weight) => total + weight, 0);
        expect(Math.abs(sum - 2048)).toBeLessThanOrEqual(count / 2);
      }
    }
  },
);
