import sharp from 'sharp';
import { expect, test } from 'vitest';
import { decodeWithSharp, encodeJpeg, encodePng, encodeSvg } from '../../pipeline/pixels.ts';

const image = { height: 2, width: 3, data: Uint8Array.from({ length: 18 }, (_, i) => i * 14) };

test('a PNG gives back the pixels it was made of', async () => {
  const png = await encodePng(image);
  expect([...png.subarray(1, 4)]).toEqual([...Buffer.from('PNG')]);
  expect(await decodeWithSharp(png)).toEqual(image);
});

test('a JPEG gives back about the pixels it was made of, the closer the higher its quality', async () => {
  const smooth = {
    height: 32,
    width: 48,
    data: Uint8Array.from({ length: 32 * 48 * 3 }, (_, i) => 128 + 90 * Math.sin(i / 200)),
  };
  const off = async (quality: number): Promise<number> => {
    const bytes = await encodeJpeg(smooth, quality);
    expect(bytes.buffer.byteLength).toBe(bytes.length);
    const { height, width, data } = await decodeWithSharp(bytes);
    expect([height, width]).toEqual([32, 48]);
    return data.reduce((sum, value, i) => sum + Math.abs(value - smooth.data[i]!), 0) / data.length;
  };
  expect(await off(95)).toBeLessThan(2);
  expect(await off(10)).toBeGreaterThan(await off(95));
});

test('an overlay is drawn on top', async () => {
  const svg =
    '<svg xmlns="http://www.w3.org/2000/svg" width="3" height="2"><rect width="1" height="1" fill="#ff8000"/></svg>';
  const { data } = await decodeWithSharp(await encodePng(image, svg));
  expect([...data.subarray(0, 6)]).toEqual([255, 128, 0, 42, 56, 70]);
});

test('pixels are taken as stored: no profile, no orientation, no alpha', async () => {
  const raw = sharp(image.data, { raw: { height: 2, width: 3, channels: 3 } });
  const turned = await raw.clone().withMetadata({ orientation: 6 }).ensureAlpha(0.2).png().toBuffer();
  expect(await decodeWithSharp(turned)).toEqual(image);
});

test('rejects what is no image', async () => {
  await expect(decodeWithSharp(Buffer.from('no image'))).rejects.toThrow(/unsupported image format/);
});

test('an SVG is rendered as JPEG, in memory of its own, and blurred if so asked', async () => {
  const svg =
    '<svg xmlns="http://www.w3.org/2000/svg" width="16" height="16"><rect width="16" height="16"/><rect width="8" height="16" fill="#fff"/></svg>';
  const row = async (sigma: number): Promise<number[]> => {
    const bytes = await encodeSvg(svg, { quality: 100, sigma });
    expect(bytes.buffer.byteLength).toBe(bytes.length);
    const { data, width } = await decodeWithSharp(bytes);
    return [0, 7, 8, 15].map((x) => data[(8 * width + x) * 3]!);
  };
  const sharpEdge = await row(0);
  expect(sharpEdge[1]).toBeGreaterThan(245);
  expect(sharpEdge[2]).toBeLessThan(10);
  const [left, before, after, right] = await row(2);
  expect(left! > before! && before! > after! && after! > right!).toBe(true);
  expect(Math.abs(before! + after! - 255)).toBeLessThan(6);
});

test('says the same of a damaged image, whatever is decoded beside', async () => {
  const whole = await sharp({ create: { width: 40, height: 40, channels: 3, background: '#a63' } })
    .jpeg()
    .toBuffer();
  const kinds = [whole.subarray(0, whole.length - 5), Buffer.concat([whole.subarray(0, 200), whole.subarray(210)])];
  const saidOf = (bytes: Uint8Array): Promise<string> => decodeWithSharp(bytes).then(() => '', String);
  const alone = [await saidOf(kinds[0]!), await saidOf(kinds[1]!)];
  expect(alone[0]).toMatch(/premature end/i);
  for (let round = 0; round < 5; round++)
    expect(await Promise.all(Array.from({ length: 24 }, (_, i) => saidOf(kinds[i % 2]!)))).toEqual(
      Array.from({ length: 24 }, (_, i) => alone[i % 2]),
    );
});
