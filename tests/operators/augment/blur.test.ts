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
