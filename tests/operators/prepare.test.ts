import { join } from 'node:path';
import sharp from 'sharp';
import { beforeAll, expect, test } from 'vitest';
import { gaussianBlur } from '../../operators/augment/blur.ts';
import { ARCFACE_TEMPLATE } from '../../operators/image/align.ts';
import { flip, flipPoints } from '../../operators/image/flip.ts';
import { resize } from '../../operators/image/resize.ts';
import { setup } from '../../operators/prepare.ts';
import type { PrepareOptions } from '../../operators/prepare.ts';
import { OptionError } from '../../pipeline/errors.ts';
import type { Sample } from '../../pipeline/items.ts';
import { graph } from '../../pipeline/graph.ts';
import { run as runGraph } from '../../pipeline/run.ts';
import type { Result } from '../../pipeline/work.ts';
import { workers } from '../../pipeline/workers.ts';
import { recordIO } from '../../sources/recordIO.ts';
import { tar } from '../../sources/tar.ts';
import { collect } from '../contracts/doubles.ts';
import { folder, payloadOf, put, recordsOf, tarOf } from '../fixtures/archives.ts';

let jpeg: Uint8Array;
let png: Uint8Array;
beforeAll(async () => {
  const data = new Uint8Array(40 * 30 * 3).map((_, i) => (i * 11) & 255);
  const image = sharp(data, { raw: { height: 40, width: 30, channels: 3 } }).blur(2);
  jpeg = await image.clone().jpeg().toBuffer();
  png = await image.clone().png().toBuffer();
});

const sample = (position: number, more: Partial<Sample>): Sample => ({
  epoch: 0,
  position,
  index: position * 10,
  id: `face-${position}`,
  label: position % 3,
  ...more,
});
const run = async (options: PrepareOptions, chunk: Sample[], seed = 7): Promise<Result<Sample>[]> =>
  (await setup({ ...options }, { stage: 'prepare', seed }))(chunk);
const values = (results: Result<Sample>[]): Sample[] =>
  results.map((result) => {
    if ('fault' in result) throw new Error(result.fault.reason);
    return result.value;
  });

test('makes faces of one size and keeps who they are', async () => {
  const [face] = values(await run({ size: [20, 24] }, [sample(4, { bytes: jpeg, variation: { pose: 2 } })]));
  expect(face).toMatchObject({ epoch: 0, position: 4, index: 40, id: 'face-4', label: 1, variation: { pose: 2 } });
  expect(face!.size).toEqual([20, 24]);
  expect(face!.pixels!.length).toBe(20 * 24 * 3);
  expect(face!.pixels!.buffer.byteLength).toBe(20 * 24 * 3);
  expect(face).not.toHaveProperty('bytes');
});

test('takes samples that bring pixels', async () => {
  const [face] = values(await run({ size: [1, 2] }, [sample(0, { pixels: Uint8Array.of(1, 2, 3), size: [1, 1] })]));
  expect([...face!.pixels!]).toEqual([1, 2, 3, 1, 2, 3]);
});

test('aligns where there are landmarks and moves them along', async () => {
  const points = Float32Array.from(ARCFACE_TEMPLATE, (value) => value / 4);
  const [face] = values(await run({}, [sample(0, { bytes: jpeg, points })]));
  face!.points!.forEach((value, i) => expect(value).toBeCloseTo(ARCFACE_TEMPLATE[i]!, 3));
});

test('flips by key: the same faces in chunks of any size, others for another seed or epoch', async () => {
  const points = Float32Array.from(ARCFACE_TEMPLATE, (value) => value / 4);
  const chunk = Array.from({ length: 40 }, (_, i) => sample(i, { bytes: i % 2 === 0 ? jpeg : png, points }));
  const options = { size: [16, 16] as const, augment: { flip: 0.5 } };
  const together = values(await run(options, chunk));
  const alone: Sample[] = [];
  for (const one of chunk.toReversed()) alone.unshift(...values(await run(options, [one])));
  expect(alone).toEqual(together);

  const straight = values(await run({ size: [16, 16] }, chunk));
  const flipped = together.map(({ pixels }, i) => Buffer.compare(pixels!, straight[i]!.pixels!) !== 0);
  const count = flipped.filter(Boolean).length;
  expect(count).toBeGreaterThan(8);
  expect(count).toBeLessThan(32);
  const first = flipped.indexOf(true);
  expect(together[first]!.points).toEqual(flipPoints(straight[first]!.points!, 16));

  expect(values(await run(options, chunk, 8))).not.toEqual(together);
  const later = chunk.map((one) => ({ ...one, epoch: 1 }));
  expect(values(await run(options, later)).map(({ pixels }) => pixels)).not.toEqual(
    together.map(({ pixels }) => pixels),
  );
});

test('reduces every face to so many pixels and back, before it is augmented', async () => {
  const options = { size: [32, 24] as const, reduce: 8, augment: { flip: 1 } };
  const [reduced] = values(await run(options, [sample(3, { bytes: jpeg })]));
  const [face] = values(await run({ size: [32, 24] }, [sample(3, { bytes: jpeg })]));
  const expected = { height: 32, width: 24, data: face!.pixels! };
  const small = { height: 8, width: 6, data: new Uint8Array(8 * 6 * 3) };
  resize(expected, small, 'area');
  resize(small, expected, 'bicubic');
  flip(expected);
  expect(reduced!.pixels).toEqual(expected.data);
});

test('blurs every face as a test of blur wants it, without a label', async () => {
  const [blurred] = values(await run({ size: [32, 24], blur: 7 }, [sample(3, { bytes: jpeg })]));
  const [face] = values(await run({ size: [32, 24] }, [sample(3, { bytes: jpeg })]));
  gaussianBlur({ height: 32, width: 24, data: face!.pixels! }, 7);
  expect(blurred!.pixels).toEqual(face!.pixels);
  expect(blurred!.variation).toBeUndefined();
});

test('labels what it blurs and blacks out', async () => {
  const chunk = [sample(0, { bytes: jpeg, variation: { pose: 1 } }), sample(1, { bytes: png })];
  const [first, second] = values(await run({ augment: { flip: 1, blur: 1, occlude: 1 } }, chunk));
  expect(first!.variation).toEqual({ pose: 5, blur: expect.any(Number), occlusion: expect.any(Number) });
  expect(Object.keys(second!.variation!)).toEqual(['blur', 'occlusion']);
  expect(first).not.toHaveProperty('drawn');
});

test('a record that cannot be used becomes a fault in its place', async () => {
  const results = await run({}, [
    sample(0, { bytes: jpeg }),
    sample(1, { bytes: Buffer.from('hello, I am text') }),
    sample(2, { bytes: png.subarray(0, 90) }),
    sample(3, { bytes: jpeg, points: new Float32Array(10) }),
    sample(4, {}),
    sample(5, { bytes: png }),
  ]);
  expect(results.map((result) => 'fault' in result)).toEqual([false, true, true, true, true, false]);
  expect(results[1]).toEqual({
    fault: {
      stage: 'prepare',
      file: 'face-1',
      index: 10,
      reason: 'not a JPEG, PNG or WebP (starts with "hello, I am ")',
    },
  });
  const reasons = results.flatMap((result) => ('fault' in result ? result.fault.reason : []));
  expect(reasons[1]).toMatch(/^damaged PNG: /);
  expect(reasons[2]).toMatch(/^landmarks determine no alignment: 0, 0/);
  expect(reasons[3]).toBe('has neither bytes nor pixels of their size');
});

test('in a graph the fault names the archive and the byte', async () => {
  const root = folder();
  const text = Buffer.from('this is text and no image at all');
  const images = [jpeg, text, jpeg].map((content, i) => ({ name: `ann/${i}.jpg`, content }));
  const records = recordsOf([jpeg, text, jpeg].map((image, i) => [i, payloadOf(0, image, i)]));
  put(root, { 'a.tar': tarOf(images), 'a.rec': records.rec, 'a.idx': records.idx });
  for (const source of [tar(join(root, 'a.tar')), recordIO(join(root, 'a.rec'))]) {
    const flow = graph('g')
      .source('faces', source)
      .pipe('prepare', workers(new URL('../../dist/operators/prepare.js', import.meta.url), { threads: 0 }))
      .sink('out', collect());
    const [fault] = (await runGraph(flow)).faults.list;
    await source.open();
    const reason = `'${source.id(1)}': not a JPEG, PNG or WebP (starts with "this is text")`;
    expect(fault).toMatchObject({ stage: 'prepare', index: 1, reason, ...source.place(1) });
    expect(fault!.offset).toBeGreaterThan(0);
    await source.close();
  }
});

test('ordinary JPEGs are prepared at once', async () => {
  const work = await setup({}, { stage: 'prepare', seed: 1 });
  expect(Array.isArray(work([sample(0, { bytes: jpeg })]))).toBe(true);
});

test.each([
  [{ size: [0, 112] }, 'prepare: size must be [height, width], each a whole number in [1, 4096], received [0,112]'],
  [{ augment: { flip: 1.5 } }, 'prepare: augment.flip must be a chance in [0, 1], received 1.5'],
  [{ augment: 3 }, 'prepare: augment must be an object such as { flip: 0.5 }, received 3'],
  [{ flip: 0.5 }, 'prepare: flip must be left out: only size, reduce, blur and augment are known, received 0.5'],
  [{ blur: 4 }, 'prepare: blur must be an odd number in [3, 112], the height of the faces, received 4'],
  [{ blur: 113 }, 'prepare: blur must be an odd number in [3, 112], the height of the faces, received 113'],
  [{ reduce: 113 }, 'prepare: reduce must be a whole number in [1, 112], the height of the faces, received 113'],
])('refuses %j', async (options, message) => {
  const refused = await setup(options, { stage: 'prepare', seed: 1 }).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(OptionError);
  expect((refused as OptionError).message).toBe(message);
});
