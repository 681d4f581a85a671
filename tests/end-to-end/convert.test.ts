import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { graph, run, workers, type Batch } from 'rxface';
import { batch } from 'rxface/operators';
import { openSource, type IndexedSource } from 'rxface/sources';
import { convert } from '../../pipeline/recipes/convert.ts';
import { encodeJpeg } from '../../pipeline/pixels.ts';
import { collect } from '../contracts/doubles.ts';
import { folder, imageBytes, put, tarOf } from '../fixtures/archives.ts';

// Threads and processes run what was compiled: this test needs `npm run build` first, as `npm test` does.
const MAIN = fileURLToPath(new URL('../../dist/pipeline/cli/main.js', import.meta.url));
const CELEBA = fileURLToPath(new URL('../../../shared/data/celeba299/celeba112.tar.gz', import.meta.url));
const root = folder(true);
afterAll(() => rmSync(root, { recursive: true }));

/** What a source holds besides names: of every image the sha256 and the label, in order. */
async function recordsOf(faces: IndexedSource): Promise<string[]> {
  const records: string[] = [];
  for await (const chunk of faces) {
    for (const { bytes, label } of chunk) records.push(`${createHash('sha256').update(bytes!).digest('hex')} ${label}`);
  }
  return records;
}

/** Hashes of pixels and labels of the first batches of a shuffled epoch, with flips. */
async function batchesOf(faces: IndexedSource, size: number, batches: number): Promise<string[]> {
  const sink = collect<Batch>();
  const stop = new AbortController();
  const flow = graph('train', { seed: 7 })
    .source('faces', faces, { shuffle: 'full' })
    .pipe('prepare', workers('rxface/operators/prepare', { threads: 0, size: [size, size], augment: { flip: 0.5 } }))
    .pipe('batch', batch(4))
    .sink('batches', {
      ...sink,
      write(one) {
        sink.items.push(one);
        if (sink.items.length >= batches) stop.abort();
      },
    });
  await run(flow, { stop: stop.signal });
  return sink.items
    .slice(0, batches)
    .map(({ pixels, labels }) =>
      createHash('sha256').update(pixels).update(new Uint8Array(labels.buffer)).digest('hex'),
    );
}

/** Converts a source to shards and to RecordIO, and holds all three against each other. */
async function proveSame(path: string, into: string, size: number): Promise<void> {
  const shards = await convert(await openSource(path), { out: join(into, 'set') });
  const rec = await convert(await openSource(path), { out: join(into, 'rec', 'train.rec') });
  const sources = await Promise.all([path, shards.out, rec.out].map((from) => openSource(from)));
  const [before, inShards, inRecords] = await Promise.all(sources.map(recordsOf));
  expect([shards.records, rec.records]).toEqual([before!.length, before!.length]);
  expect([shards.faults, rec.faults]).toEqual([[], []]);
  expect(inShards).toEqual(before);
  expect(inRecords).toEqual(before);
  expect(sources[1]!.classes).toEqual(sources[0]!.classes);
  const hashes: string[][] = [];
  for (const source of sources) hashes.push(await batchesOf(source, size, 4));
  expect(hashes[0]).toHaveLength(4);
  expect(new Set(hashes[0]).size).toBe(4);
  expect(hashes[1]).toEqual(hashes[0]);
  expect(hashes[2]).toEqual(hashes[0]);
}

describe('a source converted to shards and to RecordIO', () => {
  it('has the same records and gives the same batches', async () => {
    const people = ['ann', 'bob', 'cem', 'dan', 'eve'];
    const images = people.flatMap((person, p) => [1, 2, 3, 4].map((i) => ({ name: `${person}/${i}.jpg`, p, i })));
    const drawn = images.map(async ({ name, p, i }) => {
      const data = Uint8Array.from({ length: 24 * 20 * 3 }, (_, k) => 128 + 99 * Math.sin(k / (9 + 5 * p) + i));
      return { name, content: await encodeJpeg({ height: 24, width: 20, data }, 90) };
    });
    put(root, { 'drawn.tar': tarOf(await Promise.all(drawn)) });
    await proveSame(join(root, 'drawn.tar'), join(root, 'drawn'), 16);
  });

  it.skipIf(!existsSync(CELEBA))('is the same of the CelebA subset too (skipped where that is not there)', async () => {
    await proveSame(CELEBA, join(root, 'celeba'), 112);
  });
});

describe('rxface convert, cut short', () => {
  const faces = join(root, 'faces');
  const IMAGES = 96;

  beforeAll(() => {
    // Four images of a MiB under many names: enough for several entries of the journal, on little disk.
    for (let i = 0; i < 4; i++) writeFileSync(join(root, `${i}.jpg`), imageBytes(i, 2 ** 20));
    for (let i = 0; i < IMAGES; i++) {
      const person = join(faces, `person ${i % 8}`);
      mkdirSync(person, { recursive: true });
      linkSync(join(root, `${i % 4}.jpg`), join(person, `${String(i).padStart(3, '0')}.jpg`));
    }
  });

  /** Runs the command; once the journal has `entries` lines the process gets the signal. */
  async function command(out: string, signal?: NodeJS.Signals, entries = 0) {
    const child = spawn(process.execPath, [MAIN, 'convert', faces, out, '--json'], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [said, err] = ['', ''];
    child.stdout.on('data', (text) => (said += String(text)));
    child.stderr.on('data', (text) => (err += String(text)));
    const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
    if (signal) {
      while (child.exitCode === null && journalOf(out).length < entries) await new Promise((go) => setTimeout(go, 1));
      child.kill(signal);
    }
    const code = await ended;
    return {
      code,
      err,
      result:
        said === '' ? undefined : (JSON.parse(said) as { records: number; seconds: number; recordsPerSecond: number }),
    };
  }

  function journalOf(out: string): { records?: number }[] {
    const file = join(`${out}.unfinished`, 'journal.jsonl');
    if (!existsSync(file)) return [];
    const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1);
    return lines.map((line) => JSON.parse(line) as { records?: number });
  }

  const filesOf = (out: string): [string, string][] => {
    const files = out.endsWith('.rec')
      ? ['property', 'train.idx', 'train.rec'].map((name) => join(out, '..', name))
      : readdirSync(out).map((name) => join(out, name));
    return files.map((file) => [
      file.split('/').at(-1)!,
      createHash('sha256').update(readFileSync(file)).digest('hex'),
    ]);
  };

  /** Kills the command, goes on with it and interrupts that; false where either had nothing left to do. */
  async function cutTwice(out: string): Promise<boolean> {
    await command(out, 'SIGKILL', 2);
    if (existsSync(out)) return false;
    const interrupted = await command(out, 'SIGINT', journalOf(out).length + 1);
    if (existsSync(out)) return false;
    expect(interrupted.code).toBe(130);
    expect(interrupted.err).toMatch('the same command goes on where it was');
    return true;
  }

  it.each(['train', 'rec/train.rec'])('goes on where it was: %s', async (name) => {
    const whole = join(root, 'whole', name);
    expect((await command(whole)).code).toBe(0);
    const out = join(root, 'cut', name);
    // On a busy machine it may be done before the signal comes: then once more.
    for (let tries = 0; tries < 5 && !(await cutTwice(out)); tries++) rmSync(join(root, 'cut'), { recursive: true });
    expect(existsSync(out)).toBe(false);
    const marked = journalOf(out).at(-1)!.records!;
    expect(marked).toBeGreaterThan(16);
    const { code, result } = await command(out);
    expect([code, result!.records]).toEqual([0, IMAGES]);
    // What was safe was not written again.
    expect(Math.round(result!.recordsPerSecond * result!.seconds)).toBe(IMAGES - marked);
    expect(filesOf(out)).toEqual(filesOf(whole));
    expect(existsSync(`${out}.unfinished`)).toBe(false);
  });
});
