import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { align, ARCFACE_TEMPLATE, arcFaceTemplate } from '../../../operators/image/align.ts';
import { similarity } from '../../../operators/maths/similarity.ts';
import { decodeWithSharp } from '../../../pipeline/pixels.ts';
import type { Pixels } from '../../../pipeline/pixels.ts';

const fixture = (name: string): Promise<Buffer> => readFile(new URL(`../../fixtures/align/${name}`, import.meta.url));
const blank = (height: number, width: number): Pixels => ({
  height,
  width,
  data: new Uint8Array(height * width * 3).fill(9),
});

test('agrees with OpenCV and a similarity by singular value decomposition', async () => {
  const { points, matrix } = JSON.parse((await fixture('align.json')).toString()) as Record<string, number[]>;
  const s = similarity(points!, ARCFACE_TEMPLATE)!;
  [s.a, -s.b, s.x0, s.b, s.a, s.y0].forEach((value, i) => expect(value).toBeCloseTo(matrix![i]!, 9));

  const face = blank(112, 112);
  const placed = align(await decodeWithSharp(await fixture('drawn.png')), points!, face);
  const expected = await decodeWithSharp(await fixture('aligned.png'));
  const differences = face.data.map((value, i) => Math.abs(value - expected.data[i]!));
  expect(differences.reduce((sum, d) => sum + d, 0) / differences.length).toBeLessThan(0.01);
  expect(Math.max(...differences)).toBeLessThanOrEqual(1);
  expect(placed[4]).toBeCloseTo(s.a * points![4]! - s.b * points![5]! + s.x0, 4);
});

test('leaves a face alone whose landmarks are the template', () => {
  const image = blank(112, 112);
  image.data.forEach((_, i) => (image.data[i] = (i * 7) & 255));
  const face = blank(112, 112);
  align(image, ARCFACE_TEMPLATE, face);
  // The similarity is the identity but for rounding; the outermost pixels may mix with the border.
  expect(face.data.subarray(112 * 3, 111 * 112 * 3)).toEqual(image.data.subarray(112 * 3, 111 * 112 * 3));
});

test('paints black what lies outside', () => {
  const white = blank(60, 60);
  white.data.fill(255);
  const face = blank(112, 112);
  align(
    white,
    ARCFACE_TEMPLATE.map((value) => value + 200),
    face,
  );
  expect(face.data.every((value) => value === 0)).toBe(true);
});

test('scales the template with the height and keeps it in the middle of the width', () => {
  expect(arcFaceTemplate(224, 224)).toEqual(ARCFACE_TEMPLATE.map((value) => value * 2));
  expect(arcFaceTemplate(112, 96)[0]).toBeCloseTo(30.2946, 4);
  expect(arcFaceTemplate(112, 96)[1]).toBeCloseTo(51.6963, 4);
});

test.each([
  ['coincide', new Float32Array(10).fill(20)],
  ['are not numbers', new Float32Array(10).fill(NaN)],
])('refuses landmarks that %s', (_, points) => {
  expect(() => align(blank(20, 20), points, blank(112, 112))).toThrow(/landmarks determine no alignment/);
});

test('refuses other than five landmarks', () => {
  expect(() => align(blank(20, 20), new Float32Array(4), blank(112, 112))).toThrow(
    'landmarks are 4 numbers instead of five x, y',
  );
});
