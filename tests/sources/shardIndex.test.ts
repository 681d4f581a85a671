import { describe, expect, it } from 'vitest';
import { crc32c } from '../../pipeline/bytes/crc32c.ts';
import { FormatError } from '../../pipeline/errors.ts';
import { open, type ReadHandle } from '../../pipeline/files/read.ts';
import { type ShardIndex, shardIndex } from '../../sources/shardIndex.ts';
import { folder, imageBytes, put } from '../fixtures/archives.ts';
import { shardOf } from '../fixtures/shards.ts';

const faces = [0, 1, 2, 3].map((i) => ({
  key: `person ${i % 3}/${i}.jpg`,
  label: i % 3,
  person: `person ${i % 3}`,
  bytes: imageBytes(i, 20 + i),
  ...(i === 1 && { pointsMissing: true }),
}));

/** The index of a shard of these bytes, its faults as text. */
async function read(bytes: Uint8Array): Promise<Omit<ShardIndex, 'faults'> & { faults: string[] }> {
  const here = folder();
  put(here, { 'a.faces': bytes });
  const file = await open(`${here}/a.faces`);
  try {
    const index = await shardIndex(file);
    return { ...index, faults: index.faults.map(({ offset, reason }) => `${offset}: ${reason}`) };
  } finally {
    await file.close();
  }
}

describe('the index of a shard', () => {
  it('is read from its end: places, keys, labels and names', async () => {
    const { shard, offsets, indexStart } = shardOf(faces, 7);
    const ends = [...offsets.slice(1), indexStart];
    expect(await read(shard)).toEqual({
      offsets,
      sizes: offsets.map((offset, i) => ends[i]! - offset),
      keys: faces.map(({ key }) => key),
      labels: Int32Array.of(0, 1, 2, 0),
      people: new Map([0, 1, 2].map((label) => [label, `person ${label}`])),
      classes: 7,
      pointsMissing: 1,
      last: true,
      faults: [],
    });
  });

  it('is had from the records where it is damaged or cut off, and a fault says so', async () => {
    const { shard, offsets, indexStart } = shardOf(faces);
    const { faults: _, ...whole } = await read(shard);
    const harmed = shard.with(indexStart + 3, shard[indexStart + 3]! ^ 1);
    const words = `the CRC of the index does not match; walking the file found 4 whole records up to byte ${indexStart}`;
    expect(await read(harmed)).toMatchObject({ ...whole, faults: [`${indexStart}: ${words}`] });

    const cut = await read(shard.subarray(0, offsets[3]! + 20));
    expect(cut.keys).toEqual(whole.keys.slice(0, 3));
    expect(cut.faults).toEqual([
      expect.stringMatching(/^\d+: the file does not end with the footer of a shard; .* 3 whole records/),
      `${offsets[3]}: the record says it has ${indexStart - offsets[3]!} bytes, its place has 20`,
    ]);
  });

  it('is walked over damage between records, also over a mark inside an image', async () => {
    const bytes = new TextEncoder().encode('an image with face and face');
    const { shard, offsets, indexStart } = shardOf([faces[0]!, { ...faces[1]!, bytes }, faces[2]!]);
    shard[offsets[1]! + 14]! ^= 1;
    const { keys, sizes, faults } = await read(shard.subarray(0, indexStart + 5));
    expect(keys).toEqual([faces[0]!.key, faces[2]!.key]);
    expect(sizes).toEqual([offsets[1]! - offsets[0]!, indexStart - offsets[2]!]);
    expect(faults[1]).toBe(
      `${offsets[1]}: the CRC of the record does not match: its bytes are damaged; ${offsets[2]! - offsets[1]!} bytes are passed over`,
    );
  });

  it('is had without reading more than there is, whatever a damaged length says', async () => {
    const { shard, offsets, indexStart } = shardOf(faces);
    shard.fill(0x7f, offsets[1]! + 7, offsets[1]! + 8);
    const here = folder();
    put(here, { 'a.faces': shard.subarray(0, indexStart) });
    const file = await open(`${here}/a.faces`);
    let most = 0;
    const watched: ReadHandle = {
      ...file,
      readAt: (offset, length, into) => {
        most = Math.max(most, length);
        return file.readAt(offset, length, into);
      },
    };
    const { keys } = await shardIndex(watched);
    await file.close();
    expect(keys).toEqual([0, 2, 3].map((i) => faces[i]!.key));
    expect(most).toBeLessThanOrEqual(2 ** 20);
  });

  it('is read behind a damaged head, but not in a shard of another version, nor in what is none', async () => {
    const { shard } = shardOf(faces);
    const harmed = shard.with(1, 0);
    expect((await read(harmed)).faults).toEqual(['0: no shard begins with these bytes; footer and index are whole']);
    await expect(read(harmed.subarray(0, -1))).rejects.toThrow(FormatError);
    await expect(read(new Uint8Array(0))).rejects.toThrow(/byte 0: expected a shard of faces/);
    const later = shard.with(8, 2);
    new DataView(later.buffer).setUint32(12, crc32c(later.subarray(0, 12)), true);
    await expect(read(later)).rejects.toThrow(/byte 8: expected version 1 of the shard format, .* found 2/);
  });
});
