import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { INTERPOLATIONS, resize } from '../../../operators/image/resize.ts';
import type { Interpolation } from '../../../operators/image/resize.ts';
import { decodeWithSharp } from '../../../pipeline/pixels.ts';
import type { Pixels } from '../../../pipeline/pixels.ts';

type Size = [height: number, width: number];
interface Case {
  from: Size;
  to: Size;
}

const at = (file: string): URL => new URL(`../../fixtures/${file}`, import.meta.url);
const fixture = JSON.parse(readFileSync(at('resize/resize.json'), 'utf8')) as {
  bicubic: Case[];
  cases: (Case & Record<Interpolation, string>)[];
};

const blank = (height: number, width: number): Pixels => ({ height, width, data: new Uint8Array(height * width * 3) });

/** As tests/fixtures/resize.py draws it. */
function drawn([height, width]: Size): Pixels {
  const image = blank(height, width);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const noise = (x * 7919 + y * 104729 + x * y * 31) % 16;
      const checker = 255 * ((Math.floor(x / 7) + Math.floor(y / 5)) % 2);
      image.data.set([(x * 5 + y * 3) % 256, checker, 8 * noise + ((x * y) % 128)], (y * width + x) * 3);
    }
  }
  return image;
}

function resized({ from, to }: Case, interpolation: Interpolation): Uint8Array {
  const into = blank(...to);
  resize(drawn(from), into, interpolation);
  return into.data;
}

test.each(['nearest', 'bilinear', 'area', 'lanczos4'] as const)(
  '%s is OpenCV to the byte, 112 to 22..111 and back',
  (name) => {
    const hash = (data: Uint8Array): string => createHash('sha256').update(data).digest('hex').slice(0, 16);
    expect(fixture.cases.length).toBeGreaterThan(180);
    expect(fixture.cases.filter((one) => hash(resized(one, name)) !== one[name])).toEqual([]);
  },
);

test('bicubic is OpenCV to a grey level, and to the byte in all but one value of a thousand', () => {
  const expected = gunzipSync(readFileSync(at('resize/bicubic.gz')));
  const received = Buffer.concat(fixture.bicubic.map((one) => resized(one, 'bicubic')));
  expect(received.length).toBe(expected.length);
  const off = received.map((value, i) => Math.abs(value - expected[i]!));
  expect(Math.max(...new Set(off))).toBeLessThanOrEqual(1);
  expect(off.filter((by) => by > 0).length).toBeLessThan(expected.length / 1000);
});

test('bilinear is meant where nothing is said', async () => {
  const picture = async (name: string): ReturnType<typeof decodeWithSharp> =>
    decodeWithSharp(readFileSync(at(`align/${name}.png`)));
  const smaller = await picture('smaller');
  const into = blank(smaller.height, smaller.width);
  resize(await picture('drawn'), into);
  expect(into.data).toEqual(smaller.data);
});

const SIZES: Size[] = [
  [7, 90],
  [90, 7],
  [80, 60],
  [20, 15],
  [13, 11],
];

test.each(INTERPOLATIONS)('%s copies at the same size and keeps one colour at any', (name) => {
  const image = drawn([40, 30]);
  const same = blank(40, 30);
  resize(image, same, name);
  expect(same.data).toEqual(image.data);
  expect(same.data.buffer).not.toBe(image.data.buffer);
  for (const to of SIZES) {
    const into = blank(...to);
    resize({ height: 3, width: 4, data: new Uint8Array(36).map((_, i) => [250, 128, 3][i % 3]!) }, into, name);
    expect([...new Set(into.data)].toSorted((a, b) => a - b)).toEqual([3, 128, 250]);
  }
});
