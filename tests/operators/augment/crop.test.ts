import { expect, test } from 'vitest';
import { crop, drawBox } from '../../../operators/augment/crop.ts';
import type { CropBox } from '../../../operators/augment/crop.ts';
import { keyedRandom } from '../../../operators/maths/keyedRandom.ts';

const HEIGHT = 30;
const WIDTH = 40;
const grey = (): Uint8Array => new Uint8Array(HEIGHT * WIDTH * 3).map((_, i) => 1 + (i % 250));

test('keeps the box it says and blacks out the rest', () => {
  for (let position = 0; position < 50; position++) {
    const image = { height: HEIGHT, width: WIDTH, data: grey() };
    const { top, left, height, width } = crop(image, keyedRandom(1, 'crop', 0, position));
    const expected = grey().map((value, i) => {
      const x = Math.floor(i / 3) % WIDTH;
      const y = Math.floor(i / 3 / WIDTH);
      return y >= top && y < top + height && x >= left && x < left + width ? value : 0;
    });
    expect(Buffer.compare(image.data, expected)).toBe(0);
  }
});

test('draws areas in [0.2, 1] and aspects in [3/4, 4/3], everywhere, as torchvision does', () => {
  const boxes = Array.from({ length: 2000 }, (_, i) => drawBox(112, 112, keyedRandom(3, 'crop', 0, i)));
  const lies = ({ top, left, height, width }: CropBox): boolean =>
    top >= 0 && left >= 0 && top + height <= 112 && left + width <= 112;
  // Sides are whole, areas and aspects nearly.
  const allowed = ({ height, width }: CropBox): boolean =>
    width / height > 0.73 && width / height < 1.37 && (width * height) / 112 ** 2 > 0.19;
  expect(boxes.filter((box) => !lies(box) || !allowed(box))).toEqual([]);
  const mean = (of: (box: CropBox) => number): number => boxes.reduce((sum, box) => sum + of(box), 0) / boxes.length;
  // The same procedure in Python, 400,000 draws: mean area 0.5421, standard deviation 0.2018; three sigma of 2,000 draws.
  expect(Math.abs(mean(({ width, height }) => (width * height) / 112 ** 2) - 0.5421)).toBeLessThan(0.0135);
  expect(Math.abs(mean(({ width, height }) => Math.log(width / height)))).toBeLessThan(0.02);
  expect(Math.abs(mean(({ left, width }) => left - (112 - width) / 2))).toBeLessThan(1.5);
  expect(Math.abs(mean(({ top, height }) => top - (112 - height) / 2))).toBeLessThan(1.5);
});

test('after ten boxes that do not fit keeps the middle, of the nearest aspect allowed', () => {
  const largest = (): number => 1 - 2 ** -32;
  expect(drawBox(112, 112, largest)).toEqual({ top: 0, left: 0, height: 112, width: 112 });
  expect(drawBox(30, 90, largest)).toEqual({ top: 0, left: 25, height: 30, width: 40 });
  expect(drawBox(90, 30, largest)).toEqual({ top: 25, left: 0, height: 40, width: 30 });
});
