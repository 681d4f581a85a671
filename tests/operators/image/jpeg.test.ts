import sharp from 'sharp';
import { expect, test } from 'vitest';
import { loadJpegDecoder } from '../../../operators/image/jpeg.ts';

const plain = sharp({ create: { width: 7, height: 5, channels: 3, background: '#c86432' } });

test('decodes on the spot, to an array of its own', async () => {
  const decode = await loadJpegDecoder();
  const bytes = await plain.clone().jpeg({ quality: 100 }).toBuffer();
  const first = decode(bytes)!;
  decode(await plain.clone().negate().jpeg().toBuffer());
  expect([first.height, first.width, first.data.length]).toEqual([5, 7, 105]);
  [200, 100, 50].forEach((value, c) => expect(Math.abs(first.data[c]! - value)).toBeLessThanOrEqual(2));
});

test('grey becomes three equal channels', async () => {
  const decode = await loadJpegDecoder();
  const { data } = decode(await plain.clone().toColourspace('b-w').jpeg().toBuffer())!;
  expect(data.length).toBe(105);
  for (let i = 0; i < data.length; i += 3) expect([data[i + 1], data[i + 2]]).toEqual([data[i], data[i]]);
});

test('says undefined for a cut JPEG, and for none at all', async () => {
  const bytes = await plain.clone().jpeg().toBuffer();
  expect((await loadJpegDecoder())(bytes.subarray(0, bytes.length - 20))).toBeUndefined();
  expect((await loadJpegDecoder())(new Uint8Array(0))).toBeUndefined();
});
