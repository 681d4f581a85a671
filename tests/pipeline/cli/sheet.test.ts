import sharp from 'sharp';
import { expect, test } from 'vitest';
import { setup } from '../../../operators/prepare.ts';
import { augmentSheet, sourceSheet } from '../../../pipeline/cli/sheet.ts';
import type { Sample } from '../../../pipeline/items.ts';
import { parseConfig, type Config } from '../../../pipeline/recipes/config.ts';
import { indexed, type IndexedSource } from '../../../sources/indexed.ts';

const TILE = 112;
const GAP = 4;
const LINE = 14;

/** Soft noise, another for each face; one is no image. */
async function faces(count: number, broken = -1): Promise<IndexedSource> {
  const images: Uint8Array[] = [];
  for (let i = 0; i < count; i++) {
    const data = new Uint8Array(40 * 40 * 3).map((_, k) => 128 + 120 * Math.sin(k * (i + 1)));
    images.push(await sharp(data, { raw: { height: 40, width: 40, channels: 3 } }).blur(1).png().toBuffer()); // prettier-ignore
  }
  return indexed('faces', [], async () => ({
    classes: ['ann'],
    labels: new Int32Array(count),
    faults: [],
    id: (i) => `ann/${i}`,
    place: (i) => ({ file: 'faces', offset: i }),
    read: async (at) => Array.from(at, (i) => ({ bytes: i === broken ? Buffer.from('text') : images[i]! })),
  }));
}

function config(augment: string): Config {
  const rest = `model: { name: ir10 }\nhead: { name: cosface }\nschedule: { name: cosine, lr: 0.1 }\ntrain: { batch: 2, epochs: 1, seed: 5 }`;
  return parseConfig('my.yaml', `data: { sources: [{ path: faces }] }\naugment: ${augment}\n${rest}`);
}

interface Sheet {
  width: number;
  height: number;
  /** The tile in this row and column, RGB. */
  tile(row: number, column: number): Promise<Buffer>;
  /** Whether anything is written under it. */
  captioned(row: number, column: number): Promise<boolean>;
}

async function read(png: Uint8Array): Promise<Sheet> {
  const { width, height } = await sharp(png).metadata();
  const part = (row: number, column: number, below: number, high: number): Promise<Buffer> => {
    const top = GAP + row * (TILE + LINE + GAP) + below;
    return sharp(png)
      .extract({ left: GAP + column * (TILE + GAP), top, width: TILE, height: high })
      .removeAlpha()
      .raw()
      .toBuffer();
  };
  return {
    width,
    height,
    tile: (row, column) => part(row, column, 0, TILE),
    captioned: async (row, column) => (await part(row, column, TILE, LINE)).some((value) => value < 200),
  };
}

test('shows faces as prepare gives them to training, epoch by epoch', async () => {
  const source = await faces(2);
  const { augment, ...rest } = config(
    '{ flip: 0.5, crop: 0.5, photometric: { chance: 0.5, channels: bgr }, blur: 0.2 }',
  );
  const sheet = await read(await augmentSheet(source, { augment, ...rest }));
  expect([sheet.width, sheet.height]).toEqual([GAP + 10 * (TILE + GAP), GAP + 2 * (TILE + LINE + GAP)]);

  const prepare = await setup({ augment }, { stage: 'prepare', seed: 5 });
  const plain = await setup({}, { stage: 'prepare', seed: 5 });
  let changed = 0;
  for (const [row, face] of (await source.read(Int32Array.of(0, 1))).entries()) {
    const pixels = async (work: typeof plain, sample: Sample): Promise<Uint8Array> => {
      const [result] = await work([sample]);
      return 'value' in result! ? result.value.pixels! : new Uint8Array();
    };
    const asItIs = await pixels(plain, face);
    expect(Buffer.compare(await sheet.tile(row, 0), asItIs)).toBe(0);
    expect(await sheet.captioned(row, 0)).toBe(true);
    for (let epoch = 0; epoch < 9; epoch++) {
      const drawn = await pixels(prepare, { ...face, epoch });
      expect(Buffer.compare(await sheet.tile(row, 1 + epoch), drawn)).toBe(0);
      const differs = Buffer.compare(drawn, asItIs) !== 0;
      expect(await sheet.captioned(row, 1 + epoch)).toBe(differs);
      if (differs) changed += 1;
    }
  }
  expect(changed).toBeGreaterThan(5);
});

test('leaves out what is no image, on either sheet', async () => {
  const augmented = await read(await augmentSheet(await faces(3, 1), config('{ flip: 0 }')));
  expect(augmented.height).toBe(GAP + 2 * (TILE + LINE + GAP));
  const plain = await read(await sourceSheet(await faces(3, 1)));
  expect(plain.width).toBe(GAP + 2 * (TILE + GAP));
});
