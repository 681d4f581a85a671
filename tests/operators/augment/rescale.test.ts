import { expect, test } from 'vitest';
import { rescale, throughSize } from '../../../operators/augment/rescale.ts';
import type { Rescale } from '../../../operators/augment/rescale.ts';
import { INTERPOLATIONS, resize } from '../../../operators/image/resize.ts';
import { keyedRandom } from '../../../operators/maths/keyedRandom.ts';
import type { Pixels } from '../../../pipeline/pixels.ts';

const picture = (height: number, width: number): Pixels => ({
  height,
  width,
  data: new Uint8Array(height * width * 3).map((_, i) => (i * 37) % 251),
});

test('is down to the size it says and up again, each by its interpolation', () => {
  for (let position = 0; position < 30; position++) {
    const image = picture(40, 32);
    const { size, down, up } = rescale(image, keyedRandom(1, 'rescale', 0, position));
    const small = { height: size[0], width: size[1], data: new Uint8Array(size[0] * size[1] * 3) };
    const expected = picture(40, 32);
    resize(expected, small, down);
    resize(small, expected, up);
    expect(Buffer.compare(image.data, expected.data)).toBe(0);
  }
});

test('draws sides of 22 to 111 pixels of 112, and each interpolation both ways on its own', () => {
  const count = 3000;
  const image = picture(112, 1);
  const drawn: Rescale[] = Array.from({ length: count }, (_, i) => rescale(image, keyedRandom(5, 'rescale', 0, i)));
  const sides = drawn.map(({ size }) => size[0]);
  expect([Math.min(...sides), Math.max(...sides)]).toEqual([22, 111]);
  // floor(112 U(0.2, 1)): mean 66.7, standard deviation 25.9.
  expect(Math.abs(sides.reduce((a, b) => a + b) / count - 66.7)).toBeLessThan((3 * 25.9) / Math.sqrt(count));
  for (const down of INTERPOLATIONS) {
    for (const up of INTERPOLATIONS) {
      const share = drawn.filter((one) => one.down === down && one.up === up).length / count;
      expect(Math.abs(share - 0.04)).toBeLessThan(4 * Math.sqrt((0.04 * 0.96) / count));
    }
  }
});

test('the smallest image keeps a pixel', () => {
  const image = picture(1, 3);
  rescale(image, () => 0);
  expect(image.data.length).toBe(9);
  throughSize(image, { size: [1, 1], down: 'area', up: 'nearest' });
  expect(new Set(image.data).size).toBeLessThanOrEqual(3);
});
