import { from, Subject } from 'rxjs';
import { expect, test } from 'vitest';
import { batch, recycle } from '../../../operators/flow/batch.ts';
import type { Batch, Sample } from '../../../pipeline/items.ts';
import { stageContract } from '../../contracts/stage.ts';

const sample = (epoch: number, position: number, more: Partial<Sample> = {}): Sample => ({
  epoch,
  position,
  index: 100 + position,
  id: `${epoch}/${position}`,
  label: position,
  pixels: new Uint8Array(6).fill(epoch * 10 + position),
  size: [1, 2],
  ...more,
});
const epoch = (number: number, length: number, start = 0): Sample[] =>
  Array.from({ length }, (_, i) => sample(number, start + i));

function collect(samples: Sample[], ...options: Parameters<typeof batch>): Batch[] {
  const batches: Batch[] = [];
  from(samples)
    .pipe(batch(...options))
    .subscribe((one) => batches.push(one));
  return batches;
}

test('collects pixels, labels, names, keys and variation', () => {
  const [first] = collect([sample(0, 0, { variation: { pose: 3 } }), sample(0, 1)], 2);
  expect(first).toEqual({
    epoch: 0,
    step: 0,
    pixels: Uint8Array.of(0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1),
    size: [1, 2],
    labels: Int32Array.of(0, 1),
    ids: ['0/0', '0/1'],
    keys: [
      { epoch: 0, position: 0, index: 100 },
      { epoch: 0, position: 1, index: 101 },
    ],
    variation: {
      ethnicity: Int32Array.of(-1, -1),
      pose: Int32Array.of(3, -1),
      blur: Int32Array.of(-1, -1),
      occlusion: Int32Array.of(-1, -1),
    },
  });
});

test('never straddles epochs: the last partial batch is dropped or kept', () => {
  const samples = [...epoch(0, 5), ...epoch(1, 5)];
  const ids = (batches: Batch[]): string[] => batches.map((one) => `${one.step}: ${one.ids.join(' ')}`);
  expect(ids(collect(samples, 2))).toEqual(['0: 0/0 0/1', '1: 0/2 0/3', '0: 1/0 1/1', '1: 1/2 1/3']);
  const kept = collect(samples, 2, { partial: 'keep' });
  expect(ids(kept)).toEqual(['0: 0/0 0/1', '1: 0/2 0/3', '2: 0/4', '0: 1/0 1/1', '1: 1/2 1/3', '2: 1/4']);
  expect(kept[2]!.pixels).toEqual(new Uint8Array(6).fill(4));
  expect(kept[2]!.labels).toEqual(Int32Array.of(4));
  expect(kept[2]!.variation.pose).toEqual(Int32Array.of(-1));
});

test('goes on counting where a resumed run starts', () => {
  expect(collect([...epoch(3, 4, 6), ...epoch(4, 2)], 2).map(({ step }) => step)).toEqual([3, 4, 0]);
});

test('gives each full batch with its last sample, in a buffer of its own', () => {
  const source = new Subject<Sample>();
  const batches: Batch[] = [];
  source.pipe(batch(1)).subscribe((one) => batches.push(one));
  source.next(sample(0, 0));
  expect(batches.length).toBe(1);
  source.next(sample(0, 1));
  expect(batches[0]!.pixels).toEqual(new Uint8Array(6));
});

// Keyed as the graph keys the only epoch of a source.
const inputs = epoch(0, 5).map((one) => ({ ...one, index: one.position }));
for (const partial of ['drop', 'keep'] as const) {
  const cases = {
    stage: () => batch(2, { partial }),
    inputs,
    outputs: collect(inputs, 2, { partial }),
    single: collect(inputs.slice(0, 1), 2, { partial }),
  };
  for (const check of stageContract(cases)) test(`${partial}: ${check.name}`, check.run);
}

test('names the sample that does not fit', () => {
  const failure = (samples: Sample[]): string => {
    let message = 'none';
    from(samples)
      .pipe(batch(4))
      .subscribe({ error: (error: Error) => (message = `${error.name}: ${error.message}`) });
    return message;
  };
  expect(failure([sample(0, 0), sample(0, 1, { size: [2, 1] })])).toBe(
    'ShapeError: batch at 0/1: expected shape [1, 2], received [2, 1]',
  );
  expect(failure([sample(0, 0, { size: [2, 2] })])).toBe(
    'ShapeError: batch at 0/0: expected shape 2 x 2 x 3 bytes, received [6]',
  );
  expect(failure([{ epoch: 0, position: 0, index: 0, id: 'x', label: 0 }])).toBe(
    'RxfaceError: batch at x: no pixels: prepare samples first',
  );
});

test('says what it takes, asks and holds; refuses what makes no batch', () => {
  expect(batch(8).label).toEqual({ in: 'Sample', out: 'Batch', keeps: 'order', asks: 8, gives: 1, holds: 7, items: 8 });
  expect(() => batch(0)).toThrow('batch: count must be a whole number of at least 1, received 0');
  // @ts-expect-error no such choice
  expect(() => batch(2, { partial: 'pad' })).toThrow("batch: partial must be 'drop' or 'keep', received 'pad'");
});

test('fills the pixels that are given back anew, each once, and none that are not', () => {
  const source = new Subject<Sample>();
  const batches: Batch[] = [];
  source.pipe(batch(1)).subscribe((one) => batches.push(one));
  const next = (position: number): Batch => {
    source.next(sample(0, position));
    return batches.at(-1)!;
  };
  const [first, second] = [next(0), next(1)];
  recycle(first);
  recycle(first);
  const third = next(2);
  expect(third.pixels).toBe(first.pixels);
  expect([...third.pixels]).toEqual([2, 2, 2, 2, 2, 2]);
  expect(next(3).pixels).not.toBe(first.pixels);
  expect([...second.pixels]).toEqual([1, 1, 1, 1, 1, 1]);
  recycle({ ...second, pixels: new Uint8Array(6) });
  expect([second.pixels, first.pixels]).not.toContain(next(4).pixels);
});

test('spare pixels of another size are not used', () => {
  const source = new Subject<Sample>();
  const batches: Batch[] = [];
  source.pipe(batch(1)).subscribe((one) => batches.push(one));
  source.next(sample(0, 0));
  recycle(batches[0]!);
  source.next(sample(0, 1, { pixels: new Uint8Array(12).fill(7), size: [2, 2] }));
  expect(batches[1]!.pixels).toEqual(new Uint8Array(12).fill(7));
});
