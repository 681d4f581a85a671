import { from, lastValueFrom, toArray } from 'rxjs';
import sharp from 'sharp';
import { beforeAll, expect, test } from 'vitest';
import { ARCFACE_TEMPLATE } from '../../operators/image/align.ts';
import type { Sample } from '../../pipeline/items.ts';
import { workers } from '../../pipeline/workers.ts';

// Threads run what was compiled: this test needs `npm run build` first, as `npm test` does.
const samples: Sample[] = [];
beforeAll(async () => {
  for (let position = 0; position < 40; position++) {
    const height = 40 + position;
    const data = new Uint8Array(height * 50 * 3).map((_, i) => (i * (position + 3)) & 255);
    const image = sharp(data, { raw: { height, width: 50, channels: 3 } }).blur(1.5);
    const bytes = await (position % 7 === 3 ? image.png() : image.jpeg()).toBuffer();
    const sample: Sample = { epoch: 2, position, index: 99 - position, id: `${position}`, label: position, bytes };
    if (position % 2 === 0) sample.points = Float32Array.from(ARCFACE_TEMPLATE, (value) => value / 2.5);
    samples.push(sample);
  }
});

const AUGMENT = {
  flip: 0.5,
  crop: 0.4,
  rescale: 0.5,
  photometric: { chance: 0.5, hue: 0.1, channels: 'bgr' },
  blur: 0.3,
  occlude: 0.3,
};
const prepare = (threads: number, chunk: number): Promise<Sample[]> =>
  lastValueFrom(
    from(samples).pipe(
      workers('rxface/operators/prepare', { threads, chunk, size: [48, 48], augment: AUGMENT }),
      toArray(),
    ),
  );

test('faces are the same bytes in the process and in any number of threads, in chunks of any size', async () => {
  const expected = await prepare(0, 16);
  expect(expected.map(({ id }) => id)).toEqual(samples.map(({ id }) => id));
  expect(expected.some(({ variation }) => variation?.blur !== undefined)).toBe(true);
  expect(expected.some(({ variation }) => variation?.occlusion !== undefined)).toBe(true);
  for (const [threads, chunk] of [
    [0, 1],
    [1, 16],
    [2, 7],
    [2, 40],
  ] as const) {
    expect(await prepare(threads, chunk)).toEqual(expected);
  }
  // What was sent to the threads is still here.
  expect(samples.every(({ bytes }) => bytes!.length > 0)).toBe(true);
});
