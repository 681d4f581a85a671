import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { drawIjbSet, EMBEDDINGS } from '../../../../pipeline/cli/bench/ijbSet.ts';
import { decodeNpy } from '../../../../pipeline/bytes/npy.ts';
import { folder } from '../../../fixtures/archives.ts';

const SIZE = { images: 3000, templates: 200, genuine: 150, impostors: 4000, dimension: 8 };
const NAMES = ['ijbc_face_tid_mid.txt', 'ijbc_name_5pts_score.txt', 'ijbc_template_pair_label.txt', EMBEDDINGS];

async function drawn(seed: number): Promise<Buffer[]> {
  const here = folder();
  await drawIjbSet(here, SIZE, seed);
  return NAMES.map((name) => readFileSync(join(here, name)));
}

const table = (bytes: Buffer): string[][] =>
  String(bytes)
    .trimEnd()
    .split('\n')
    .map((line) => line.split(' '));

it('draws lists and embeddings of the size asked for, the same for a seed', async () => {
  const files = await drawn(1);
  expect(files).toEqual(await drawn(1));
  const others = await drawn(2);
  files.forEach((bytes, i) => expect(bytes.equals(others[i]!)).toBe(false));

  const [images, scores, trials] = files.slice(0, 3).map(table) as [string[][], string[][], string[][]];
  expect(images).toHaveLength(SIZE.images);
  const counts = new Map<string, number>();
  for (const [, template] of images) counts.set(template!, (counts.get(template!) ?? 0) + 1);
  expect([...counts.keys()].map(Number)).toEqual(Array.from({ length: SIZE.templates }, (_, i) => i + 1));
  // Many have few images, and few have many.
  const sizes = [...counts.values()].toSorted((a, b) => a - b);
  expect(sizes[SIZE.templates / 2]).toBeLessThan(10);
  expect(sizes.at(-1)).toBeGreaterThan(100);
  expect(scores.map(({ length }) => length)).toEqual(images.map(() => 12));

  expect(trials.filter(([, , same]) => same === '1')).toHaveLength(SIZE.genuine);
  expect(trials).toHaveLength(SIZE.genuine + SIZE.impostors);
  const places = trials.map(([a, b]) => Number(a) * 1000 + Number(b));
  expect(places).toEqual(places.toSorted((a, b) => a - b));
  for (const [a, b] of trials) expect(a).not.toBe(b);
  const { shape, data } = decodeNpy(files[3]!, EMBEDDINGS);
  expect(shape).toEqual([SIZE.images, SIZE.dimension]);
  expect(data.every(Number.isFinite)).toBe(true);
});
