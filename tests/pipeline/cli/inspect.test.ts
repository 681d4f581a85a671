import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { inspectCommand } from '../../../pipeline/cli/inspect.ts';
import { commandLine } from '../../fixtures/commandLine.ts';
import { folder, imageBytes, payloadOf, put, recordsOf, tarOf } from '../../fixtures/archives.ts';
import { pairBinOf } from '../../fixtures/pairBin.ts';

let out = '';
let err = '';

async function rxface(...args: string[]): Promise<number> {
  const ended = await commandLine(inspectCommand, 'inspect', ...args);
  [out, err] = [ended.out.join('\n'), ended.err.join('\n')];
  return ended.code;
}
const faces = tarOf([
  { name: 'ann/1.jpg', content: imageBytes(1, 40) },
  { name: 'ann/2.jpg', content: imageBytes(3, 40) },
  { name: 'bob/1.jpg', content: imageBytes(5, 40) },
]);

it('prints what is there', async () => {
  const here = folder();
  put(here, { 'a.tar': faces });
  expect(await rxface(`${here}/a.tar`)).toBe(0);
  expect(out.split('\n')).toEqual([
    'tar a.tar',
    'images    3 (0.0 MiB)',
    'people    2',
    'each has  min 1, quartiles 1.25 / 1.5 / 1.75, max 2 images',
    'sizes     10 x 21: 3',
    'faults    0',
  ]);
});

it('lists the images of a .bin with their hashes, and its pairs', async () => {
  const here = folder();
  const images = [1, 2, 3, 3].map((seed) => imageBytes(seed));
  put(here, { 'lfw.bin': pairBinOf(images, [false, true]) });
  expect(await rxface(`${here}/lfw.bin`, '--records', '--json')).toBe(0);
  const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
  expect(JSON.parse(out)).toMatchObject({
    count: 4,
    records: images.map((image, key) => ({ key, label: -1, bytes: image.length, sha256: sha256(image) })),
    issame: [false, true],
  });
});

it('prints one JSON object of several sources, less the people dropped', async () => {
  const here = folder();
  put(here, { 'a.tar': faces, 'b.tar': faces, 'gone.csv': 'set_a,id_a,set_b,id_b\nx,bob,y,ann\n' });
  expect(await rxface(`${here}/a.tar`, `${here}/b.tar`, '--drop', `${here}/gone.csv:x`, '--json', '--records')).toBe(0);
  const found = JSON.parse(out);
  expect(Object.keys(found)).toEqual(['count', 'classes', 'perClass', 'bytes', 'faults', 'records']);
  expect(found).toMatchObject({ count: 4, classes: 2, bytes: 160, faults: [] });
  expect(found.records.map((record: { key: string; label: number }) => [record.key, record.label])).toEqual([
    ['ann/1.jpg', 0],
    ['ann/2.jpg', 0],
    ['ann/1.jpg', 1],
    ['ann/2.jpg', 1],
  ]);
});

it('names faults, one line each, and fails', async () => {
  const here = folder();
  const { rec } = recordsOf([[0, payloadOf(0, imageBytes(1))], [1, payloadOf(0, imageBytes(2))]]); // prettier-ignore
  const last = rec.length - 10;
  put(here, { 'a.rec': rec.subarray(0, last) });
  expect(await rxface(`${here}/a.rec`, '--json')).toBe(1);
  expect(err).toMatch(/^rxface: .*a.rec, byte \d+: record 1: a part of \d+ bytes ends at \d+, the file at \d+(; .*)?$/);
  expect(JSON.parse(out).faults).toEqual([{ file: `${here}/a.rec`, offset: expect.any(Number), reason: expect.any(String) }]); // prettier-ignore
});

describe('--verify', () => {
  it('decodes every image, names each that cannot be, and fails', async () => {
    const here = folder();
    const face = await sharp({ create: { width: 40, height: 40, channels: 3, background: '#a63' } }).jpeg().toBuffer(); // prettier-ignore
    const cut = face.subarray(0, face.length - 5);
    const names = Array.from({ length: 13 }, (_, i) => `ann/${i}.jpg`);
    put(here, { 'a.tar': tarOf([...names.map((name) => ({ name, content: cut })), { name: 'bob/1.jpg', content: face }]) }); // prettier-ignore
    // Its header is that of an image: only who decodes it finds it cut off.
    expect(await rxface(`${here}/a.tar`)).toBe(0);
    for (const threads of ['0', '2']) {
      expect(await rxface(`${here}/a.tar`, '--verify', '--threads', threads)).toBe(1);
      expect(out).toMatch(/\ndecoded {3}14, [\d,]+ a second\nfaults {4}13$/);
      const lines = err.split('\n').filter((line) => line.startsWith('rxface:'));
      expect(lines).toHaveLength(13);
      expect(lines[1]).toMatch(/^rxface: .*a.tar, byte \d+: 'ann\/1.jpg': .*[Pp]remature end/);
    }
    expect(await rxface(`${here}/a.tar`, '--verify', '--json')).toBe(1);
    const { verified, faults } = JSON.parse(out) as { verified: number; faults: { index: number }[] };
    expect([verified, faults.map(({ index }) => index)]).toEqual([14, names.map((_, i) => i)]);
  });

  it('says that all is well', async () => {
    const here = folder();
    const face = await sharp({ create: { width: 40, height: 40, channels: 3, background: '#a63' } }).png().toBuffer(); // prettier-ignore
    put(here, { 'ann/1.png': face, 'bob/1.png': face });
    expect(await rxface(here, '--verify', '--json')).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ verified: 2, faults: [] });
  });
});

it.each([
  [['{}/none'], 1, '{}/none: there is no such file or folder'],
  [['{}/a.tar', '--drop', 'zoe'], 2, "drop must be names of its people, such as 'ann', received 'zoe'"],
  [['{}/a.tar', '--records'], 2, 'inspect: --records must be used together with --json'],
  [['{}/a.tar', '{}/a.tar', '--points', 'x'], 2, 'inspect: --points must be a table for one source'],
])('says in one line what is wrong with %j', async (args, code, message) => {
  const here = folder();
  put(here, { 'a.tar': faces });
  expect(await rxface(...args.map((arg) => arg.replace('{}', here)))).toBe(code);
  expect(err).toContain(message.replace('{}', here));
  expect(err.split('\n')).toHaveLength(1);
  expect(out).toBe('');
});

it('draws a contact sheet, aligned where there are points', async () => {
  const here = folder();
  const face = await sharp({ create: { width: 64, height: 64, channels: 3, background: '#a63' } }).jpeg().toBuffer(); // prettier-ignore
  put(here, {
    'ann/1.jpg': face,
    'bob/1.jpg': face,
    'points.csv':
      'image,eyeL_x,eyeL_y,eyeR_x,eyeR_y,nose_x,nose_y,mouthL_x,mouthL_y,mouthR_x,mouthR_y\n' +
      'ann/1.jpg,22,23,44,25,33,36,20,45,39,47\nbob/1.jpg,,,,,,,,,,\n',
  });
  expect(await rxface(here, '--points', `${here}/points.csv`, '--contact', `${here}/sheet.png`)).toBe(0);
  expect(out).toContain('points    missing for 1, which are resized');
  expect(existsSync(`${here}/sheet.png`)).toBe(true);
  expect((await sharp(readFileSync(`${here}/sheet.png`)).metadata()).width).toBeGreaterThan(2 * 112);
});

it("draws what a config's augmentations make of its own faces", async () => {
  const here = folder();
  const face = await sharp({ create: { width: 64, height: 64, channels: 3, background: '#a63' } }).jpeg().toBuffer(); // prettier-ignore
  put(here, {
    'faces/ann/1.jpg': face,
    'my.yaml':
      `data: { root: ${here}, sources: [{ path: faces }] }\nmodel: { name: ir10 }\nhead: { name: cosface }\n` +
      'schedule: { name: cosine, lr: 0.1 }\naugment: { crop: 1 }\ntrain: { batch: 2, epochs: 1 }\n',
  });
  expect(await rxface('--augment', `${here}/my.yaml`, '--contact', `${here}/sheet.png`)).toBe(0);
  expect(out).toContain('images    1 ');
  const { data } = await sharp(readFileSync(`${here}/sheet.png`))
    .raw()
    .toBuffer({ resolveWithObject: true });
  expect(data.includes(0)).toBe(true);
});

const data = new URL('../../../../shared/data/', import.meta.url).pathname;
it.skipIf(!existsSync(data))('inspects the training faces of a config (skipped without the data beside)', async () => {
  const config = new URL('../../../pipeline/recipes/celeba-bollywood.yaml', import.meta.url).pathname;
  expect(await rxface(config, '--set', `data.root=${data}`, '--json')).toBe(0);
  expect(JSON.parse(out)).toMatchObject({ count: 11_892, classes: 356, faults: [] });
});
