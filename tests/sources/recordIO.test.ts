import { createHash } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { encodeRecord, joinRecord } from '../../pipeline/bytes/recordio.ts';
import { FileError, FormatError } from '../../pipeline/errors.ts';
import { recordIO } from '../../sources/recordIO.ts';
import { sourceContract } from '../contracts/source.ts';
import { folder, imageBytes, join8, payloadOf, put, recordsOf } from '../fixtures/archives.ts';
import mxnet from '../fixtures/records.json' with { type: 'json' };

const MAGIC = Uint8Array.of(0x0a, 0x23, 0xd7, 0xce);
// At multiples of four of the payload, whose header takes 24 bytes: the record is written in four parts.
const split = join8(imageBytes(2, 16), MAGIC, MAGIC, imageBytes(3, 41), MAGIC, imageBytes(4, 12));
const images = [imageBytes(1), split, imageBytes(5), imageBytes(6)];
const labels = [2, 0, 0, 3];

const root = folder(true);
afterAll(() => rmSync(root, { recursive: true }));
const insightface = recordsOf([
  [2, payloadOf(labels[1]!, images[1], 2)],
  [1, payloadOf(labels[0]!, images[0], 1)],
  [3, payloadOf([labels[2]!, 7, 7], images[2], 3)],
  [4, payloadOf(labels[3]!, images[3], 4)],
  [5, payloadOf([2, 4], undefined, 5)],
  [6, payloadOf([1, 2], undefined, 6)],
  [0, payloadOf([5, 7], undefined, 0)],
]);
const sequential = recordsOf(images.map((image, i) => [i, payloadOf(labels[i]!, image, i)]));
put(root, {
  'insight/train.rec': insightface.rec,
  'insight/train.idx': insightface.idx,
  'seq/a.rec': sequential.rec,
  'seq/a.idx': sequential.idx.split('\n').toReversed().join('\n'),
  'bare/a.rec': insightface.rec,
  'two/a.rec': sequential.rec,
  'two/b.rec': sequential.rec,
});
const classes = ['0', '1', '2', '3'];
const expected = { labels, classes, bytes: images };
sourceContract('RecordIO, insightface layout', {
  make: () => recordIO(`${root}/insight/train.rec`),
  ids: ['1', '2', '3', '4'],
  ...expected,
});
sourceContract('RecordIO, sequential layout', {
  make: () => recordIO(`${root}/seq/a.rec`),
  ids: ['0', '1', '2', '3'],
  ...expected,
});
sourceContract('RecordIO without an .idx', {
  make: () => recordIO(`${root}/bare/a.rec`),
  ids: ['0', '1', '2', '3'],
  labels: [0, 2, 0, 3],
  classes,
  bytes: [1, 0, 2, 3].map((i) => images[i]!),
});
sourceContract('RecordIO in several files', {
  make: () => recordIO(`${root}/two/*.rec`),
  ids: ['a.rec/0', 'a.rec/1', 'a.rec/2', 'a.rec/3', 'b.rec/0', 'b.rec/1', 'b.rec/2', 'b.rec/3'],
  labels: [...labels, ...labels],
  classes,
  bytes: [...images, ...images],
});

const open = async (files: Record<string, Uint8Array | string>) => {
  const here = folder();
  put(here, files);
  const source = recordIO(`${here}/a.rec`);
  try {
    await source.open();
    return {
      ids: Array.from({ length: source.length! }, (_, i) => source.id(i)),
      classes: source.classes!,
      faults: source.faults!.map(({ offset, reason }) => [offset, reason]),
    };
  } finally {
    await source.close();
  }
};

describe('RecordIO', () => {
  it('reads what MXNet writes, and would write the same bytes', async () => {
    const here = folder();
    const rec = Uint8Array.from(Buffer.from(mxnet.rec, 'base64'));
    put(here, { 'train.rec': rec, 'train.idx': mxnet.idx });
    const source = recordIO(`${here}/train.rec`);
    const read = await source.read(Int32Array.from(mxnet.records.keys()));
    const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
    expect(read.map(({ id, label, bytes }) => [Number(id), label, sha256(bytes!)])).toEqual(mxnet.records);
    expect(source.faults).toEqual([]);
    const starts = mxnet.idx.trim().split('\n').map((line) => Number(line.split('\t')[1])); // prettier-ignore
    const again = starts.map((start, i) => encodeRecord(joinRecord(rec.subarray(start, starts[i + 1])) as Uint8Array));
    expect(join8(...again)).toEqual(rec);
    await source.close();
  });

  it('reports records cut off by the end of the file, with offset and size', async () => {
    const bytes = insightface.rec.length - 20;
    const { ids, faults } = await open({ 'a.rec': insightface.rec.subarray(0, bytes), 'a.idx': insightface.idx });
    expect(ids).toEqual(['1', '2', '3', '4']);
    const offset = insightface.offsets.get(0)!;
    expect(faults).toEqual([[offset, `record 0: a part of 32 bytes ends at ${offset + 40}, the file at ${bytes}`]]);
  });

  it('goes on behind a damaged record', async () => {
    const harmed = sequential.rec.slice().fill(0, sequential.offsets.get(2)!, sequential.offsets.get(2)! + 8);
    const { ids, faults } = await open({ 'a.rec': harmed });
    expect(ids).toEqual(['0', '1', '3']);
    expect(faults).toEqual([
      [sequential.offsets.get(2), expect.stringMatching(/^record 2: .* bytes are passed over$/)],
    ]);
  });

  it('walks a cut file up to the cut', async () => {
    const cut = sequential.offsets.get(3)! + 5;
    const { ids, faults } = await open({ 'a.rec': sequential.rec.subarray(0, cut) });
    expect(ids).toEqual(['0', '1', '2']);
    expect(faults).toEqual([
      [cut - 5, `record 3: the file ends at ${cut}, within the head of a part at ${cut - 5}; 5 bytes are passed over`],
    ]);
  });

  it('reports an .idx that points past the end or beside a record', async () => {
    const { ids, faults } = await open({
      'a.rec': sequential.rec,
      'a.idx': `0\t0\n1\t${sequential.rec.length + 400}\n2\t4\n`,
    });
    expect(ids).toEqual(['0']);
    expect(faults).toEqual([
      [
        sequential.rec.length + 400,
        `record 1: no record can begin at byte ${sequential.rec.length + 400}, the file has ${sequential.rec.length}`,
      ],
      [4, 'record 2: no part of a record (magic 0xCED7230A) begins at byte 4'],
    ]);
  });

  it('reports records of no length and without an image, and parts out of turn', async () => {
    const middle = join8(sequential.rec);
    middle[7] = 2 << 5;
    const { faults } = await open({
      'a.rec': join8(
        recordsOf([
          [0, payloadOf(0, imageBytes(1))],
          [1, new Uint8Array(0)],
          [2, payloadOf(1)],
        ]).rec,
        middle,
      ),
    });
    const at = faults.map(([offset]) => offset as number);
    expect(faults).toEqual([
      [at[0], 'record 1: a payload of 0 bytes, its header alone takes 24'],
      [at[1], 'record 2: it holds no image'],
      [at[2], `record 3: a part with flag 2 at byte ${at[2]} follows no part; 76 bytes are passed over`],
    ]);
  });

  it.each([-1, 1.5, NaN, 4, 2 ** 25])('reports label %d as out of range', async (label) => {
    const set = recordsOf([
      [0, payloadOf(3, imageBytes(1))],
      [1, payloadOf(label, imageBytes(2))],
    ]);
    const { ids, classes: names, faults } = await open({ 'a.rec': set.rec, property: '4,112,112\n' });
    expect(ids).toEqual(['0']);
    expect(names).toEqual(classes);
    expect(faults).toEqual([[set.offsets.get(1), `record 1: label ${label} is out of range, 0 to 3`]]);
  });

  it('reports an index that lists fewer images than the header record counts', async () => {
    const lines = insightface.idx.split('\n').filter((line) => !line.startsWith('2\t'));
    const { ids, faults } = await open({ 'a.rec': insightface.rec, 'a.idx': lines.join('\n') });
    expect(ids).toEqual(['1', '3', '4']);
    expect(faults[0]![1]).toMatch(/^record 0: it counts 4 images, .*a.idx lists 3$/);
  });

  it('compares the header count as float32, which is not exact beyond 2^24', async () => {
    // 42,474,558 is written, 42,474,560 is read back.
    const set = recordsOf([
      [0, payloadOf([42_474_558, 42_474_560])],
      [1, payloadOf(0, imageBytes(1))],
      [42_474_557, payloadOf(0, imageBytes(2))],
      [42_474_558, payloadOf([1, 42_474_558])],
    ]);
    const { ids, faults } = await open({ 'a.rec': set.rec, 'a.idx': set.idx });
    expect(ids).toEqual(['1', '42474557']);
    expect(faults).toEqual([[0, expect.stringMatching(/counts 42474559 images, .* lists 2$/)]]);
  });

  it.each([
    [
      'an .idx that is no table',
      { 'a.rec': sequential.rec, 'a.idx': '0\t0\none\t2\n' },
      'a.idx, byte 4: expected a line',
    ],
    [
      'an .idx that names a record twice',
      { 'a.rec': sequential.rec, 'a.idx': '1\t0\n1\t8\n' },
      'expected every key once',
    ],
    ['a property file that is none', { 'a.rec': sequential.rec, property: 'x' }, 'property, byte 0: expected classes'],
    [
      'a file without a single record',
      { 'a.rec': 'text that is no record' },
      'a.rec, byte 0: expected an image record',
    ],
    ['an empty file', { 'a.rec': '' }, "expected an image record that can be used, found 'none'"],
  ])('refuses %s', async (_, files, message) => {
    await expect(open(files)).rejects.toThrow(FormatError);
    await expect(open(files)).rejects.toThrow(message);
  });

  it('gives damage, never an image, where the file has changed since it was opened', async () => {
    const here = folder();
    put(here, { 'a.rec': sequential.rec, 'a.idx': sequential.idx });
    const source = recordIO(`${here}/a.rec`);
    await source.open();
    const [second, third] = [sequential.offsets.get(1)!, sequential.offsets.get(2)!];
    writeFileSync(`${here}/a.rec`, sequential.rec.slice(0, third + 9).fill(0, second, second + 4));
    const read = await source.read(Int32Array.of(3, 2, 1, 0));
    await source.close();
    expect(read.map(({ bytes }) => bytes)).toEqual([undefined, undefined, undefined, images[0]]);
    const damage = 'changed since the file was opened: no whole part of a record stands at its byte 0';
    expect(read.map((sample) => sample.damage)).toEqual([damage, damage, damage, undefined]);
  });

  it('says what is missing', async () => {
    await expect(recordIO('/none/train.rec').open()).rejects.toThrow(FileError);
  });
});
