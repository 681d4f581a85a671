import { expect, test } from 'vitest';
import { occlude, OCCLUSION_BLOCKS } from '../../../operators/augment/occlude.ts';
import { keyedRandom } from '../../../operators/maths/keyedRandom.ts';
import type { Pixels } from '../../../pipeline/pixels.ts';

const grey = (height: number, width: number): Pixels => ({
  height,
  width,
  data: new Uint8Array(height * width * 3).fill(99),
});

test('blacks out the block that it says, and nothing else', () => {
  const levels = new Set<number>();
  for (let i = 0; i < 60; i++) {
    const image = grey(40, 52);
    const { level, left, top } = occlude(image, keyedRandom(5, 'occlude', 0, i));
    const side = OCCLUSION_BLOCKS[level]!;
    levels.add(level);
    const expected = grey(40, 52);
    for (let y = top; y < top + side; y++) expected.data.fill(0, (y * 52 + left) * 3, (y * 52 + left + side) * 3);
    expect(Buffer.compare(image.data, expected.data)).toBe(0);
    expect(left + side).toBeLessThanOrEqual(52);
    expect(top + side).toBeLessThanOrEqual(40);
  }
  expect(levels.size).toBe(5);
});

test('reaches every place, from edge to edge', () => {
  const lefts = new Set<number>();
  for (let i = 0; i < 400; i++) {
    const { level, left } = occlude(grey(30, 31), keyedRandom(5, 'places', 0, i));
    if (OCCLUSION_BLOCKS[level] === 29) lefts.add(left);
  }
  expect([...lefts].toSorted()).toEqual([0, 1, 2]);
});

test('covers an image that is smaller than the block', () => {
  const image = grey(4, 30);
  const { top, level } = occlude(image, () => 0.999);
  expect([top, level]).toEqual([0, 4]);
  expect(image.data.filter((value) => value === 0)).toHaveLength(4 * 29 * 3);
});
