import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { blur, BLUR_KERNELS, gaussianBlur } from '../../../operators/augment/blur.ts';
import { keyedRandom } from '../../../operators/maths/keyedRandom.ts';
import type { Pixels } from '../../../pipeline/pixels.ts';

interface Case {
  name: string;
  height: number;
  width: number;
  image: string;
  blurred: Record<string, string>;
}

const cases = JSON.parse(readFileSync(new URL('../../fixtures/blur.json', import.meta.url), 'utf8')) as Case[];
const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'base64'));
const imageOf = ({ height, width, image }: Case): Pixels => ({ height, width, data: bytes(image) });

describe.each(BLUR_KERNELS)('kernel %i, bit for bit as OpenCV', (side) => {
  test.each(cases)('$name', (one) => {
    const image = imageOf(one);
    gaussianBlur(image, side);
    expect(image.data).toEqual(bytes(one.blurred[side]!));
  });
});

test('draws each kernel about as often, uses it and says which', () => {
  const counts = [0, 0, 0, 0];
  for (let i = 0; i < 400; i++) {
    const image = imageOf(cases[3]!);
    const level = blur(image, keyedRandom(3, 'blur', 0, i));
    counts[level]! += 1;
    expect(image.data).toEqual(bytes(cases[3]!.blurred[BLUR_KERNELS[level]!]!));
  }
  // Binomial with p 1/4: 100, sigma 8.7.
  for (const count of counts) expect(Math.abs(count - 100)).toBeLessThan(3 * 8.7);
});

test('leaves one colour alone, on images of any size', () => {
  for (const [height, width] of [
    [1, 1],
    [2, 1],
    [1, 9],
    [16, 3],
  ] as const) {
    // prettier-ignore
    const image = { height, width, data: new Uint8Array(height * width * 3).fill(201) };
    gaussianBlur(image, 15);
    expect(image.data.every((value) => value === 201)).toBe(true);
  }
});

test('white stays white beside black, whatever the side: no sum spills into another', () => {
  const [height, width] = [9, 40];
  const edge = { height, width, data: new Uint8Array(height * width * 3) };
  for (let i = 0; i < edge.data.length; i++) edge.data[i] = Math.floor(i / 3) % width < 20 ? 255 : 0;
  for (const side of [5, ...BLUR_KERNELS]) {
    const { data } = edge;
    const image = { height, width, data: data.slice() };
    gaussianBlur(image, side);
    const reach = (side - 1) / 2;
    for (let i = 0; i < data.length; i++) {
      const x = Math.floor(i / 3) % width;
      if (x < 20 - reach || x >= 20 + reach) expect(image.data[i]).toBe(data[i]);
      else expect(image.data[i]! + image.data[Math.floor(i / 120) * 120 + (39 - x) * 3]!).toBe(255);
    }
  }
});
