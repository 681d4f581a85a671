import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { embedCommand } from '../../../pipeline/cli/embed.ts';
import { evaluateCommand } from '../../../pipeline/cli/evaluate.ts';
import type { Sample } from '../../../pipeline/items.ts';
import { drawnFaces } from '../../../sources/drawnFaces.ts';
import { LANDMARK_COLUMNS } from '../../../sources/parse/landmarkTable.ts';
import { folder, put, tarOf } from '../../fixtures/archives.ts';
import { commandLine, type Ended } from '../../fixtures/commandLine.ts';

// Protocols from images must say what the same images say by way of a file of embeddings.
const MODEL = ['--model', 'untrained:ir10', '--threads', '1', '--batch', '16'];
const here = folder(true);
afterAll(() => rmSync(here, { recursive: true }));
const rxface = (...args: string[]): Promise<Ended> => commandLine(evaluateCommand, 'evaluate', ...args);

async function figures(...args: string[]): Promise<Record<string, unknown>> {
  const { code, out, err } = await rxface(...args, '--json');
  expect([code, err.filter((line) => line.startsWith('rxface evaluate'))]).toEqual([0, []]);
  return JSON.parse(out[0]!);
}

/** What a report of the same evaluation shows, but for when it was. */
async function recorded(...args: string[]): Promise<Record<string, unknown>> {
  await figures(...args, '--report', join(here, 'shown.html'));
  const { at, ...record } = JSON.parse(readFileSync(join(here, 'shown.json'), 'utf8'));
  expect(at).toBeGreaterThan(0);
  return record;
}

async function embedInto(file: string, source: string, ...more: string[]): Promise<string> {
  const out = join(here, file);
  expect((await commandLine(embedCommand, 'embed', source, ...MODEL, '--out', out, ...more)).code).toBe(0);
  return out;
}

const lines = (of: readonly string[]): string => `${of.join('\n')}\n`;

/** Ten people with six photographs each, not aligned: two templates of three images, two of which are of one medium. */
async function drawIjb(): Promise<void> {
  const faces = drawnFaces({ people: 10, perPerson: 6, seed: 3, size: 128 });
  const samples: Sample[] = [];
  for await (const chunk of faces) samples.push(...chunk);
  await faces.close();
  const person = (i: number): number => Math.floor(i / 6);
  const template = (i: number): number => 100 + 2 * person(i) + (Math.floor(i / 3) % 2);
  // The list is not in the order of the folder: 10.jpg comes before 2.jpg there.
  const list = samples.map(({ points, bytes }, i) => ({
    i,
    name: `${i + 1}.jpg`,
    points: [...points!],
    bytes: bytes!,
  }));
  list.sort((a, b) => (a.i % 7) - (b.i % 7) || a.i - b.i);
  put(here, Object.fromEntries(list.map(({ name, bytes }) => [`loose_crop/${name}`, bytes])));
  const ids = [...new Set(list.map(({ i }) => template(i)))];
  const pairs = ids.flatMap((a) => ids.filter((b) => b > a).map((b) => `${a} ${b} ${Number(a >> 1 === b >> 1)}`));
  const csv = (of: number[]): string => lines(['TEMPLATE_ID,SUBJECT_ID', ...of.map((id) => `${id},${id >> 1}`)]);
  put(here, {
    'meta/ijbb_face_tid_mid.txt': lines(list.map(({ i, name }) => `${name} ${template(i)} ${i % 3 === 2 ? 2 * i : 2 * (i - (i % 3)) + 1}`)), // prettier-ignore
    'meta/ijbb_template_pair_label.txt': lines(pairs),
    'meta/ijbb_name_5pts_score.txt': lines(list.map(({ i, name, points }) => `${name} ${points.join(' ')} ${0.5 + (i % 5) / 10}`)), // prettier-ignore
    'G1.csv': csv(ids.filter((id) => id % 2 === 0 && id < 110)),
    'G2.csv': csv(ids.filter((id) => id % 2 === 0 && id >= 110)),
    'probe.csv': csv(ids.filter((id) => id % 2 === 1)),
    'points.csv': lines([['image', ...LANDMARK_COLUMNS].join(','), ...list.map(({ name, points }) => [name, ...points].join(','))]), // prettier-ignore
    'crops.tar': tarOf(list.map(({ name, bytes }) => ({ name, content: bytes }))),
  });
}

describe('IJB', () => {
  beforeAll(drawIjb);
  const lists = ['--meta', join(here, 'meta'), '--subset', 'ijbb'];
  const images = ['--data', join(here, 'loose_crop'), ...MODEL];
  const search = ['--gallery', join(here, 'G1.csv'), join(here, 'G2.csv'), '--probe', join(here, 'probe.csv')];

  it.each([
    ['on', []],
    ['off', ['--no-flip']],
  ])('is aligned by the points of the list and scored as by stored embeddings (flip %s)', async (flip, more) => {
    const stored = await embedInto(`${flip}.npy`, join(here, 'crops.tar'), '--points', join(here, 'points.csv'), ...more); // prettier-ignore
    const found = await figures('ijb', ...lists, ...images, '--flip', flip);
    expect(found).toEqual({ ...(await figures('ijb', ...lists, '--embeddings', stored, '--flip', 'off')), flip });
    expect(found).toMatchObject({ images: 60, templates: 20, media: 40, trials: 190, genuine: 10 });
    expect(found['peakOpenMedia']).toBeGreaterThan(5);
    const rank = await figures('ijb-1n', ...lists, ...images, ...search, '--flip', flip);
    expect(rank).toEqual(await figures('ijb-1n', ...lists, ...search, '--embeddings', stored, '--flip', 'off'));
    for (const protocol of [['ijb'], ['ijb-1n', ...search]]) {
      const [name, ...more] = protocol as [string, ...string[]];
      const shown = await recorded(name, ...lists, ...more, ...images, '--flip', flip);
      const file = await recorded(name, ...lists, ...more, '--embeddings', stored, '--flip', 'off');
      expect([shown['model'], file['model']]).toEqual(['untrained:ir10', stored]);
      expect({ ...shown, model: stored, facts: file['facts'] }).toEqual(file);
    }
  });

  it('shows how it stands while images stream in', async () => {
    const { err } = await rxface('ijb', ...lists, ...images);
    expect(err.join('\n')).toMatch(/\/60 images, .* a second/);
  });

  it('says which crops are missing, and what was wrongly asked', async () => {
    rmSync(join(here, 'loose_crop', '7.jpg'));
    const missing = await rxface('ijb', ...lists, ...images);
    expect([missing.code, missing.err.at(-1)]).toEqual([1, expect.stringContaining("1 of the 60 images listed are missing, the first is '7.jpg'")]); // prettier-ignore
    const wrong: [string[], string][] = [
      [[], 'evaluate ijb: --embeddings must be given, or --model and --data in its place'],
      [[...images, '--embeddings', 'e.npy'], "in its place, received 'e.npy'"],
      [MODEL, 'evaluate ijb: --data must be given together with --model'],
    ];
    for (const [args, message] of wrong) {
      const { code, err } = await rxface('ijb', ...lists, ...args);
      expect([code, err.at(-1)]).toEqual([2, expect.stringContaining(message)]);
    }
  });
});

describe('TinyFace', () => {
  it('is found from its folders as from names and embeddings, whatever stands first', async () => {
    const faces = drawnFaces({ people: 24, perPerson: 2, seed: 5 });
    const root = join(here, 'Testing_Set');
    for await (const chunk of faces)
      for (const { label, index, bytes } of chunk) {
        const distractor = label >= 16;
        const kind = distractor ? 'Gallery_Distractor' : index % 2 === 0 ? 'Probe' : 'Gallery_Match';
        put(root, { [`${kind}/${distractor ? `d${index}` : `${label}_${index}`}.jpg`]: bytes! });
      }
    await faces.close();
    const stored = await embedInto('tiny.npy', root);
    const { inspectCommand } = await import('../../../pipeline/cli/inspect.ts');
    const { out } = await commandLine(inspectCommand, 'inspect', root, '--records', '--json');
    const names = (JSON.parse(out[0]!) as { records: { key: string }[] }).records.map(({ key }) => key);
    writeFileSync(join(here, 'names.txt'), lines(names));
    const found = await figures('tinyface', '--data', root, ...MODEL);
    expect(found).toEqual(await figures('tinyface', '--names', join(here, 'names.txt'), '--embeddings', stored));
    expect(found).toMatchObject({ probes: 16, gallery: 32 });
    const shown = await recorded('tinyface', '--data', root, ...MODEL);
    const file = await recorded('tinyface', '--names', join(here, 'names.txt'), '--embeddings', stored);
    expect({ ...shown, model: stored }).toEqual(file);
    expect((shown['cmc'] as { rank: number[] }).rank.at(-1)).toBe(20);
    const { rank } = found as { rank: Record<string, number> };
    expect(rank['1']! > 0 && rank['1']! <= rank['5']! && rank['5']! <= rank['20']!).toBe(true);
    const { code, err } = await rxface('tinyface', '--embeddings', stored);
    expect([code, err.at(-1)]).toEqual([2, expect.stringContaining('--names must be given together with --embeddings')]); // prettier-ignore
  });
});
