import { readdirSync, statSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { OptionError } from '../../pipeline/errors.ts';
import type { Sample } from '../../pipeline/items.ts';
import { toShards } from '../../sinks/shards.ts';
import { shards } from '../../sources/shards.ts';
import { folder, imageBytes } from '../fixtures/archives.ts';
import { writeAll } from '../fixtures/checkpoint.ts';

const points = Float32Array.from({ length: 10 }, (_, i) => i / 3);
const samples: Sample[] = [0, 1, 2, 0, 1].map((label, index) => ({
  epoch: 0,
  position: index,
  index,
  id: `photo ${index}`,
  label,
  bytes: imageBytes(index, 30 + index),
  ...(index === 1 && { points, variation: { pose: 3 } }),
  ...(index === 2 && { pointsMissing: true }),
}));

async function readBack(path: string): Promise<{ samples: Sample[]; classes: readonly string[]; missing: unknown }> {
  const source = shards(path);
  try {
    await source.open();
    expect(source.faults).toEqual([]);
    const read = await source.read(Int32Array.from(source.labels.keys()));
    return { samples: read, classes: source.classes!, missing: source.pointsMissing };
  } finally {
    await source.close();
  }
}

describe('toShards', () => {
  it('writes all that a sample has, and the names of people', async () => {
    const path = `${folder()}/set`;
    await writeAll(toShards(path, { classes: ['ann', 'bob', '2', 'dan'] }), samples);
    expect(readdirSync(path)).toEqual(['set-000000.faces']);
    // Of whom there is no image, only the number is left.
    expect(await readBack(path)).toEqual({ samples, classes: ['ann', 'bob', '2', '3'], missing: 1 });
  });

  it('calls people by their numbers where it is given no names', async () => {
    const path = `${folder()}/set`;
    await writeAll(toShards(path), samples);
    expect((await readBack(path)).classes).toEqual(['0', '1', '2']);
  });

  it('begins a new shard at a number of records, or of bytes', async () => {
    const path = `${folder()}/set`;
    await writeAll(toShards(path, { shardRecords: 2 }), samples);
    expect(readdirSync(path)).toEqual(['set-000000.faces', 'set-000001.faces', 'set-000002.faces']);
    expect((await readBack(path)).samples).toEqual(samples);

    const small = `${folder()}/small`;
    await writeAll(toShards(small, { shardBytes: 200 }), samples);
    expect(readdirSync(small).length).toBeGreaterThan(1);
    const single = `${folder()}/single`;
    await writeAll(toShards(single, { shardBytes: 1 }), samples);
    expect(readdirSync(single)).toHaveLength(5);
    expect((await readBack(single)).samples).toEqual(samples);
    expect(statSync(`${single}/single-000000.faces`).size).toBeGreaterThan(30);
  });

  it('refuses options out of range', () => {
    expect(() => toShards('x', { shardBytes: 0 })).toThrow(OptionError);
    expect(() => toShards('x', { shardRecords: 0 })).toThrow('shardRecords must be at least 1');
  });
});
