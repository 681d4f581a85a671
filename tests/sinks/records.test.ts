import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { FileError, OptionError } from '../../pipeline/errors.ts';
import type { Sample } from '../../pipeline/items.ts';
import { toRecordIO } from '../../sinks/records.ts';
import { openSource } from '../../sources/openSource.ts';
import { recordIO } from '../../sources/recordIO.ts';
import { folder, imageBytes, put } from '../fixtures/archives.ts';
import { CONTEXT, writeAll } from '../fixtures/checkpoint.ts';
import mxnet from '../fixtures/records.json' with { type: 'json' };

const sample = (index: number, more: Partial<Sample> = {}): Sample => ({
  epoch: 0,
  position: index,
  index,
  id: `p/${index}.jpg`,
  label: index % 2,
  bytes: imageBytes(index),
  ...more,
});
const samples = [0, 1, 2].map((index) => sample(index));

describe('toRecordIO', () => {
  it('writes records, .idx and property, which are read back as they were', async () => {
    const here = folder();
    await writeAll(toRecordIO(`${here}/set.rec`, { classes: 4 }), samples);
    expect(readdirSync(here)).toEqual(['property', 'set.idx', 'set.rec']);
    expect(readFileSync(`${here}/property`, 'utf8')).toBe('4,20,10\n');
    expect(readFileSync(`${here}/set.idx`, 'utf8')).toMatch(/^0\t0\n1\t\d+\n2\t\d+\n$/);
    const source = await openSource(`${here}/set.rec`);
    const read = await source.read(Int32Array.of(0, 1, 2));
    expect(read).toEqual(samples.map((one) => ({ ...one, id: String(one.index) })));
    expect(source.classes).toEqual(['0', '1', '2', '3']);
    expect(source.faults).toEqual([]);
    await source.close();
  });

  it('writes the very bytes that MXNet writes for the same images', async () => {
    const here = folder();
    put(here, { 'mxnet/a.rec': Uint8Array.from(Buffer.from(mxnet.rec, 'base64')), 'mxnet/a.idx': mxnet.idx });
    const source = recordIO(`${here}/mxnet/a.rec`);
    const read = await source.read(Int32Array.from(mxnet.records.keys()));
    await source.close();
    // MXNet's first image there has key 1: one stands before it, so that keys and ids agree.
    const moved = read.map((one, i) => ({ ...one, position: i + 1, index: i + 1 }));
    await writeAll(toRecordIO(`${here}/a.rec`), [sample(0), ...moved]);
    const [theirs, ours] = ['mxnet/a', 'a'].map((name) => {
      const bytes = readFileSync(`${here}/${name}.rec`);
      const lines = readFileSync(`${here}/${name}.idx`, 'utf8').trim().split('\n');
      const at = new Map(lines.map((line) => line.split('\t').map(Number) as [number, number]));
      const ends = [...at.values(), bytes.length].toSorted((a, b) => a - b);
      return (key: number): string => bytes.toString('hex', at.get(key), ends[ends.indexOf(at.get(key)!) + 1]);
    });
    // Record 4 has a list of labels, of which one is left.
    for (const key of [1, 2, 3, 5, 6, 7, 8]) expect(ours!(key)).toBe(theirs!(key));
  });

  it('refuses landmarks and faces of nobody, and says what to do', async () => {
    const sink = toRecordIO(`${folder()}/a.rec`);
    await sink.open(CONTEXT);
    const points = new Float32Array(10);
    await expect(sink.write(sample(0, { points }))).rejects.toThrow(
      "'p/0.jpg' has landmarks, for which a .rec has no place: align on the way (convert --size 112), or write shards",
    );
    await expect(sink.write(sample(0, { label: -1 }))).rejects.toThrow('has no label for nobody');
    await expect(sink.write(sample(0, { label: 2 ** 24 }))).rejects.toThrow('a label below 16777216');
    await sink.close({ kind: 'failed', error: undefined });
    expect(() => toRecordIO('a.rec', { classes: 2 ** 24 + 1 })).toThrow(OptionError);
  });

  it('does not write over the .idx or property of other records', async () => {
    const here = folder();
    put(here, { property: '3,112,112\n' });
    await expect(toRecordIO(`${here}/a.rec`).open(CONTEXT)).rejects.toThrow(FileError);
    await expect(toRecordIO(`${here}/a.rec`).open(CONTEXT)).rejects.toThrow('property: it belongs to other records');
  });
});
