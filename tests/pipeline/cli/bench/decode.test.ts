import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { decodeRates } from '../../../../pipeline/cli/bench/decode.ts';

test('measures every decoder on the same images, and says how far their pixels are apart', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'rxface-decode-'));
  try {
    await mkdir(join(folder, 'somebody'));
    for (let i = 0; i < 3; i++) {
      const data = new Uint8Array(112 * 112 * 3).map((_, k) => (k * (i + 5)) & 255);
      const face = await sharp(data, { raw: { height: 112, width: 112, channels: 3 } })
        .blur(2)
        .jpeg()
        .toBuffer();
      await writeFile(join(folder, 'somebody', `${i}.jpg`), face);
    }
    const rows = await decodeRates({ data: folder, images: 10, rounds: 1 });
    expect(rows.length).toBeGreaterThanOrEqual(4);
    for (const { decoder, imagesPerSecond, furthest } of rows) {
      expect(imagesPerSecond.median).toBeGreaterThan(0);
      if (decoder.includes('default transform')) expect(furthest).toBeLessThan(20);
      else expect(furthest, decoder).toBe(0);
    }
  } finally {
    await rm(folder, { recursive: true });
  }
});
