import { existsSync, readdirSync, rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { convertCommand } from '../../../pipeline/cli/convert.ts';
import type { Sample } from '../../../pipeline/items.ts';
import { encodeJpeg } from '../../../pipeline/pixels.ts';
import { openSource } from '../../../sources/openSource.ts';
import { ARCFACE_TEMPLATE } from '../../../operators/image/align.ts';
import { folder, put, tarOf, type TarEntry } from '../../fixtures/archives.ts';
import { commandLine, type Ended } from '../../fixtures/commandLine.ts';

const root = folder(true);
afterAll(() => rmSync(root, { recursive: true }));
const run = (...args: string[]): Promise<Ended> => commandLine(convertCommand, 'convert', ...args, '--threads', '0');

const jpeg = (i: number): Promise<Uint8Array> =>
  encodeJpeg(
    { height: 30, width: 24, data: Uint8Array.from({ length: 2160 }, (_, k) => 128 + 90 * Math.sin(k / (50 + 9 * i))) },
    90,
  );
const NAMES = ['ann/1.jpg', 'ann/2.jpg', 'bob/1.jpg', 'cem/1.jpg'];

beforeAll(async () => {
  const entries: TarEntry[] = [];
  for (const [i, name] of NAMES.entries()) entries.push({ name, content: await jpeg(i) });
  const points = ARCFACE_TEMPLATE.map((value) => value / 4);
  const head = ['eyeL', 'eyeR', 'nose', 'mouthL', 'mouthR'].flatMap((part) => [`${part}_x`, `${part}_y`]);
  put(root, {
    'a.tar': tarOf(entries),
    'broken.tar': tarOf([...entries.slice(0, 2), { name: 'bob/0.jpg', content: 'no image' }, ...entries.slice(2)]),
    'points.csv': [['image', ...head], ...NAMES.map((name) => [name, ...points])]
      .map((row) => row.join(','))
      .join('\n'),
  });
});

async function readBack(path: string): Promise<{ samples: Sample[]; classes: readonly string[] }> {
  const source = await openSource(path);
  try {
    expect(source.faults).toEqual([]);
    const samples = await source.read(Int32Array.from(source.labels.keys()));
    return { samples, classes: source.classes! };
  } finally {
    await source.close();
  }
}

describe('rxface convert', () => {
  it('writes shards that hold what the source held, and prints one object', async () => {
    const ended = await run(`${root}/a.tar`, `${root}/set`, '--json');
    expect(ended.code).toBe(0);
    const result = JSON.parse(ended.out.join('\n')) as Record<string, unknown>;
    const before = await readBack(`${root}/a.tar`);
    expect(result).toMatchObject({ out: `${root}/set`, records: 4, people: 3, shards: 1, faults: [] });
    expect(result['bytes']).toBe(before.samples.reduce((sum, { bytes }) => sum + bytes!.length, 0));
    expect(result['recordsPerSecond']).toBeGreaterThan(0);
    expect(await readBack(`${root}/set`)).toEqual(before);
    expect(readdirSync(`${root}/set`)).toEqual(['set-000000.faces']);
  });

  it('writes RecordIO that holds the same images and labels', async () => {
    const ended = await run(`${root}/a.tar`, `${root}/a.rec`, '--drop', 'bob');
    expect(ended.err[0]).toMatch('names of people and of images stay behind');
    expect([ended.code, ended.out[0]]).toEqual([
      0,
      expect.stringMatching(/a.rec: 3 records of 2 people in 1 file, .* a second\)$/),
    ]);
    const before = (await readBack(`${root}/a.tar`)).samples.filter(({ id }) => !id.startsWith('bob'));
    const { samples } = await readBack(`${root}/a.rec`);
    expect(samples.map(({ bytes }) => bytes)).toEqual(before.map(({ bytes }) => bytes));
    expect(samples.map(({ label }) => label)).toEqual([0, 0, 1]);
  });

  it('keeps landmarks in shards, and aligns by them for a .rec, which has no place for them', async () => {
    const points = ['--points', `${root}/points.csv`];
    expect((await run(`${root}/a.tar`, `${root}/points`, ...points)).code).toBe(0);
    const { samples } = await readBack(`${root}/points`);
    expect(samples[0]!.points).toEqual(Float32Array.from(ARCFACE_TEMPLATE, (value) => value / 4));

    const refused = await run(`${root}/a.tar`, `${root}/aligned.rec/train.rec`, ...points);
    expect(refused.code).toBe(2);
    expect(refused.err.at(-1)).toMatch(/convert: size must be given \(--size 112\): the faces have landmarks/);
    expect(existsSync(`${root}/aligned.rec/train.rec.unfinished`)).toBe(false);
    expect((await run(`${root}/points`, `${root}/aligned.rec/train.rec`, '--size', '32')).code).toBe(0);
    const aligned = await readBack(`${root}/aligned.rec/train.rec`);
    expect(aligned.samples).toHaveLength(4);
    expect(aligned.samples[0]).not.toHaveProperty('points');
    expect((await run(`${root}/points`, `${root}/aligned`, '--size', '32')).code).toBe(0);
    const kept = await readBack(`${root}/aligned`);
    expect(kept.samples.map(({ bytes }) => bytes)).toEqual(aligned.samples.map(({ bytes }) => bytes));
    expect(kept.samples[0]!.points![0]).toBeCloseTo((ARCFACE_TEMPLATE[0]! * 32) / 112, 4);
  });

  it('leaves out what it cannot encode, lists it, and ends with 1', async () => {
    const ended = await run(`${root}/broken.tar`, `${root}/broken`, '--quality', '80', '--json');
    expect(ended.code).toBe(1);
    const { records, faults } = JSON.parse(ended.out.join('\n')) as { records: number; faults: unknown[] };
    const reason = '\'bob/0.jpg\': not a JPEG, PNG or WebP (starts with "no image")';
    expect([records, faults]).toEqual([
      4,
      [{ file: `${root}/broken.tar`, offset: expect.any(Number) as number, index: 2, reason }],
    ]);
    expect(ended.err.at(-1)).toMatch(/^rxface: .*broken.tar, byte \d+: 'bob\/0.jpg': not a JPEG/);
    expect((await readBack(`${root}/broken`)).samples.map(({ id }) => id)).toEqual(NAMES);
  });

  it('refuses a name that says another format, and a place inside its own source', async () => {
    for (const name of ['q.tar', 'q.REC', 'q-000000.faces', 'q.idx']) {
      const { code, err } = await run(`${root}/a.tar`, `${root}/${name}`);
      expect([code, err[0]]).toEqual([2, expect.stringMatching('convert: dest must be NAME.rec, or the name of a fo')]);
    }
    put(root, { 'folder/ann/1.jpg': await jpeg(1) });
    for (const name of ['train.rec', 'ann/..shards']) {
      const { code, err } = await run(`${root}/folder`, `${root}/folder/${name}`);
      expect([code, err[0]]).toEqual([2, expect.stringMatching("convert: dest must be outside of '.*folder'")]);
    }
    const beside = await run(`${root}/folder`, `${root}/folder-shards`);
    expect([beside.code, beside.out[0]]).toEqual([0, expect.stringMatching('1 record of 1 person in 1 file, ')]);
  });

  it('refuses a name that is taken, a quality out of range, and a source that is none', async () => {
    expect(await run(`${root}/a.tar`, `${root}/points.csv`)).toMatchObject({
      code: 2,
      err: [expect.stringMatching(/its path must be free: remove what is there, or choose another/)],
    });
    expect((await run(`${root}/a.tar`, `${root}/q`, '--quality', '101')).code).toBe(2);
    expect((await run(`${root}/none.tar`, `${root}/q`)).code).toBe(1);
    expect((await run('', `${root}/q`)).err).toEqual(["rxface: '': a path or pattern has at least one character"]);
    expect((await run(`${root}/a.tar`, '')).err).toEqual([
      "rxface: output: its path must be the name of a file or folder, received ''",
    ]);
    expect((await run(`${root}/a.tar`, `${root}/q`, '--set', 'data.root=x')).err[0]).toMatch('--set must be used with');
    expect(existsSync(`${root}/q.unfinished`)).toBe(false);
  });
});
