import { rmSync, writeFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { graph, run, workers, type RunReport } from 'rxface';
import { FileError } from '../../pipeline/errors.ts';
import type { Sample } from '../../pipeline/items.ts';
import { encodePng } from '../../pipeline/pixels.ts';
import { shards } from '../../sources/shards.ts';
import { collect } from '../contracts/doubles.ts';
import { sourceContract } from '../contracts/source.ts';
import { folder, imageBytes, put } from '../fixtures/archives.ts';
import { shardOf } from '../fixtures/shards.ts';

const faces = [0, 1, 2, 3].map((i) => ({
  key: `person ${i % 3}/${i}.jpg`,
  label: i % 3,
  person: `person ${i % 3}`,
  bytes: imageBytes(i, 20 + i),
}));
const root = folder(true);
afterAll(() => rmSync(root, { recursive: true }));
const { shard } = shardOf(faces);
put(root, {
  'set/train-000000.faces': shardOf(faces.slice(0, 3), 3, false).shard,
  'set/train-000001.faces': shardOf(faces.slice(3)).shard,
  'set/readme.txt': 'what is no shard is left alone',
  'one.faces': shard,
});
const expected = {
  ids: faces.map(({ key }) => key),
  labels: faces.map(({ label }) => label),
  classes: ['person 0', 'person 1', 'person 2'],
  bytes: faces.map(({ bytes }) => bytes),
};
sourceContract('one shard', { make: () => shards(`${root}/one.faces`), ...expected });
sourceContract('a folder of shards', { make: () => shards(`${root}/set`), ...expected });
sourceContract('a pattern of shards', { make: () => shards(`${root}/set/train-*.faces`), ...expected });

/** All samples of a file of these bytes, and the faults of opening it. */
async function read(bytes: Uint8Array): Promise<{ samples: Sample[]; faults: string[]; file: string }> {
  const file = `${root}/read.faces`;
  writeFileSync(file, bytes);
  const source = shards(file);
  try {
    await source.open();
    const samples = await source.read(Int32Array.from(source.labels.keys()));
    return { samples, faults: source.faults!.map(({ offset, reason }) => `${offset}: ${reason}`), file };
  } finally {
    await source.close();
  }
}

describe('shards', () => {
  it('give landmarks, variation labels, and the names and number of classes', async () => {
    const points = Float32Array.from({ length: 10 }, (_, i) => i + 0.3);
    const made = [
      { key: 'a', label: 2, bytes: imageBytes(1), points, variation: { pose: 4 } },
      { key: 'b', label: 0, person: 'ann', bytes: imageBytes(2), pointsMissing: true },
      { key: 'c', label: -1, bytes: imageBytes(3) },
    ];
    put(root, { 'more.faces': shardOf(made, 5).shard });
    const source = shards(`${root}/more.faces`);
    const samples = await source.read(Int32Array.of(0, 1, 2));
    expect(samples[0]).toMatchObject({ points, variation: { pose: 4 } });
    expect(samples[1]).toMatchObject({ pointsMissing: true });
    expect(samples[2]).not.toHaveProperty('points');
    expect(source.classes).toEqual(['ann', '1', '2', '3', '4']);
    expect(source.pointsMissing).toBe(1);
    await source.close();
  });

  it('never give other bytes, whichever byte of a shard has a bit flipped', async () => {
    const small = shardOf(faces.slice(0, 2).map(({ bytes, ...rest }) => ({ ...rest, bytes: bytes.subarray(0, 5) })));
    const { samples: whole } = await read(small.shard);
    // One bit of each byte, each time another; the tests of the byte layouts flip every bit.
    for (let byte = 0; byte < small.shard.length; byte++) {
      const harmed = small.shard.slice();
      harmed[byte]! ^= 1 << ((byte * 5) % 8);
      const { samples, faults } = await read(harmed);
      const damaged = samples.filter(({ damage }) => damage !== undefined);
      expect([byte, damaged.length + faults.length]).toEqual([byte, 1]);
      for (const sample of samples) if (sample.damage === undefined) expect(whole).toContainEqual(sample);
    }
  });

  it('keep the place of a damaged record and say what is wrong with it', async () => {
    const { shard: made, offsets } = shardOf(faces);
    made[offsets[2]! + 30]! ^= 4;
    const { samples, faults } = await read(made);
    expect(faults).toEqual([]);
    expect(samples.map(({ bytes }) => bytes !== undefined)).toEqual([true, true, false, true]);
    expect(samples[2]).toEqual({
      epoch: 0,
      position: 2,
      index: 2,
      id: faces[2]!.key,
      label: 2,
      damage: 'the CRC of the record does not match: its bytes are damaged',
    });
  });

  it('have a substitute in the place of a damaged record in training, and the fault says where it lies', async () => {
    const drawn = faces.map(async (face, i) => {
      const data = Uint8Array.from({ length: 300 }, (_, k) => 40 * i + k / 3);
      return { ...face, bytes: await encodePng({ height: 10, width: 10, data }) };
    });
    const { shard: made, offsets } = shardOf(await Promise.all(drawn));
    made[offsets[1]! + 60]! ^= 8;
    put(root, { 'train.faces': made });
    const trained = async (): Promise<{ items: Sample[]; faults: RunReport['faults'] }> => {
      const sink = collect<Sample>();
      const flow = graph('train', { seed: 3 })
        .source('faces', shards(`${root}/train.faces`), { epochs: 3, shuffle: 'full' })
        .pipe('prepare', workers('rxface/operators/prepare', { threads: 0, size: [8, 8] }))
        .sink('out', sink);
      const { faults } = await run(flow);
      return { items: sink.items, faults };
    };
    const { items, faults } = await trained();
    expect(items).toHaveLength(12);
    expect(items.every(({ pixels, index }) => pixels!.length === 192 && index !== 1)).toBe(true);
    expect(faults.count).toBeGreaterThanOrEqual(3);
    const reason = `'${faces[1]!.key}': the CRC of the record does not match: its bytes are damaged`;
    expect(faults.list[0]).toMatchObject({
      stage: 'prepare',
      epoch: 0,
      file: `${root}/train.faces`,
      offset: offsets[1],
      index: 1,
      reason,
    });
    expect(await trained()).toEqual({ items, faults });
  });

  it('refuse shards that call one label by two names, a gap in a folder, and what is none', async () => {
    const other = shardOf(faces.map((face) => ({ ...face, person: `other ${face.label}` }))).shard;
    put(root, { 'two/a.faces': shard, 'two/b.faces': other });
    await expect(shards(`${root}/two`).open()).rejects.toThrow(/b.faces, byte 16: expected label 0 to be 'person 0'/);
    const more = shardOf(faces, 3, false).shard;
    put(root, { 'cut/x-000000.faces': more, 'cut/x-000001.faces': more, 'cut/y-000000.faces': shard });
    await expect(shards(`${root}/cut`).open()).rejects.toThrow(
      'cut/x-000002.faces: this shard is missing, the one before',
    );
    put(root, { 'gap/x-000000.faces': more, 'gap/x-000002.faces': shard, 'none/a.txt': '', 'bad.faces': 'text' });
    await expect(shards(`${root}/gap`).open()).rejects.toThrow('gap/x-000001.faces: this shard is missing, later ones');
    await expect(shards(`${root}/none`).open()).rejects.toThrow(FileError);
    await expect(shards(`${root}/bad.faces`).open()).rejects.toThrow(/bad.faces, byte 0: expected a shard of faces/);
    await expect(shards(`${root}/missing`).open()).rejects.toThrow(FileError);
  });
});
