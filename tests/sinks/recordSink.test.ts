import { appendFileSync, existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { Fault, Sink } from '../../pipeline/contracts.ts';
import { FormatError, RxfaceError } from '../../pipeline/errors.ts';
import { injectWriteFault } from '../../pipeline/files/write.ts';
import type { Sample } from '../../pipeline/items.ts';
import { toRecordIO } from '../../sinks/records.ts';
import { toShards } from '../../sinks/shards.ts';
import { beginOutput, type Unfinished } from '../../sinks/unfinished.ts';
import { folder, imageBytes } from '../fixtures/archives.ts';
import { CONTEXT, writeAll } from '../fixtures/checkpoint.ts';

const samples = Array.from({ length: 9 }, (_, index): Sample => {
  const key = { epoch: 0, position: index, index, id: `${index % 3}/${index}.jpg`, label: index % 3 };
  return index === 4 ? { ...key, damage: 'its CRC does not match' } : { ...key, bytes: imageBytes(index) };
});
const classes = ['ann', 'bob', 'cem'];
const formats: [string, (path: string, output?: Unfinished) => Sink<Sample>][] = [
  ['out', (path, output) => toShards(path, { classes, shardRecords: 3, ...(output && { output }) })],
  ['out.rec', (path, output) => toRecordIO(path, { classes: 3, ...(output && { output }) })],
];

/** Every file below a folder with its bytes. */
function tree(path: string, below = ''): Record<string, string> {
  const here = join(path, below);
  if (statSync(here).isFile()) return { [below]: readFileSync(here, 'base64') };
  return Object.assign({}, ...readdirSync(here).map((name) => tree(path, join(below, name)))) as Record<string, string>;
}

/** The files of an output that are being appended to: those of a .rec, or the last shard. */
function growing(unfinished: string): string[] {
  const files = Object.keys(tree(unfinished)).filter((file) => !/journal|lock/.test(file));
  const shards = files.filter((file) => file.endsWith('.faces')).toSorted();
  return (shards.length > 0 ? shards.slice(-1) : files).map((file) => join(unfinished, file));
}

afterEach(() => injectWriteFault(undefined));

describe.each(formats)('a sink of records: %s', (name, sinkOf) => {
  const whole = async (): Promise<Record<string, string>> => {
    const here = folder();
    await writeAll(sinkOf(`${here}/${name}`), samples);
    return tree(here);
  };

  it('leaves out what is damaged, as a fault', async () => {
    const faults: Fault[] = [];
    const path = `${folder()}/${name}`;
    const output = await beginOutput(path, {});
    const sink = sinkOf(path, output);
    const locate = (fault: Fault): Fault => ({ ...fault, file: 'a.faces', offset: 77 });
    await sink.open({ ...CONTEXT, fault: (fault) => void faults.push(fault), locate });
    for (const sample of samples) await sink.write(sample);
    await sink.close({ kind: 'complete' });
    expect(faults).toEqual([{ stage: 'sink', file: '1/4.jpg', index: 4, reason: 'its CRC does not match' }]);
    expect(output.standing).toMatchObject({
      position: 9,
      records: 8,
      faults: [{ file: 'a.faces', offset: 77, index: 4, reason: 'its CRC does not match' }],
    });
  });

  it('leaves out an image of no bytes, as a fault: in a .rec that would mean another kind of record', async () => {
    const path = `${folder()}/${name}`;
    const output = await beginOutput(path, {});
    await writeAll(sinkOf(path, output), [samples[0]!, { ...samples[1]!, bytes: new Uint8Array(0) }, samples[2]!]);
    const faults = [{ file: '1/1.jpg', index: 1, reason: 'the image has no bytes' }];
    expect(output.standing).toMatchObject({ position: 3, records: 2, faults });
  });

  it.each([1, 3, 4, 5, 7, 9])('stopped after %i samples and gone on with, it has the same bytes', async (stop) => {
    const here = folder();
    const path = `${here}/${name}`;
    const sink = sinkOf(path, await beginOutput(path, { of: 'these' }));
    await sink.open(CONTEXT);
    for (const sample of samples.slice(0, stop)) await sink.write(sample);
    await sink.close({ kind: 'aborted', reason: undefined });
    expect(existsSync(path)).toBe(false);
    // What a crash would have left besides: bytes that no entry of the journal speaks of.
    for (const file of growing(`${path}.unfinished`)) appendFileSync(file, 'unsafe');
    const output = await beginOutput(path, { of: 'these' });
    expect(output.standing.position).toBe(stop);
    await writeAll(sinkOf(path, output), samples.slice(stop));
    expect(tree(here)).toEqual(await whole());
  });

  it('shows nothing where the disk is full, and goes on when there is room', async () => {
    const here = folder();
    const path = `${here}/${name}`;
    const first = sinkOf(path, await beginOutput(path, {}));
    await first.open(CONTEXT);
    await first.write(samples[0]!);
    await first.close({ kind: 'aborted', reason: undefined });
    const sink = sinkOf(path, await beginOutput(path, {}));
    await sink.open(CONTEXT);
    for (const sample of samples.slice(1)) await sink.write(sample);
    injectWriteFault((operation, at) => {
      if (operation === 'write' && !at.endsWith('journal.jsonl'))
        throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
    });
    await expect(sink.close({ kind: 'complete' })).rejects.toThrow(/\.unfinished.*: the disk is full/);
    expect(readdirSync(here)).toEqual([`${name}.unfinished`]);
    injectWriteFault(undefined);
    const output = await beginOutput(path, {});
    expect(output.standing.position).toBeGreaterThanOrEqual(1);
    await writeAll(sinkOf(path, output), samples.slice(output.standing.position));
    expect(tree(here)).toEqual(await whole());
  });

  it('writes no record twice where a write failed and the disk has room again at once', async () => {
    // More than what waits for a large write: the record itself meets the full disk.
    const large = samples.map((sample, i) => (i === 2 ? { ...sample, bytes: imageBytes(i, 2 ** 20) } : sample));
    const whole = folder();
    await writeAll(sinkOf(`${whole}/${name}`), large);
    const here = folder();
    const path = `${here}/${name}`;
    const first = sinkOf(path, await beginOutput(path, {}));
    await first.open(CONTEXT);
    await first.write(large[0]!);
    await first.close({ kind: 'aborted', reason: undefined });
    const sink = sinkOf(path, await beginOutput(path, {}));
    await sink.open(CONTEXT);
    await sink.write(large[1]!);
    injectWriteFault((operation) => {
      injectWriteFault(undefined);
      throw Object.assign(new Error(`no space to ${operation}`), { code: 'ENOSPC' });
    });
    await expect(sink.write(large[2]!)).rejects.toThrow('the disk is full');
    await sink.close({ kind: 'failed', error: undefined });
    const output = await beginOutput(path, {});
    expect(output.standing.position).toBe(1);
    await writeAll(sinkOf(path, output), large.slice(1));
    expect(tree(here)).toEqual(tree(whole));
  });

  it('refuses a sample without its encoded image, and an end without a record', async () => {
    const path = `${folder()}/${name}`;
    const sink = sinkOf(path);
    await sink.open(CONTEXT);
    await expect(sink.write({ epoch: 0, position: 0, index: 0, id: 'a', label: 0 })).rejects.toThrow(RxfaceError);
    await sink.write(samples[4]!);
    await expect(sink.close({ kind: 'complete' })).rejects.toThrow(FormatError);
    expect(existsSync(path)).toBe(false);
  });
});
