import { memory } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { CENTRES, classCentres } from '../../../operators/net/centres.ts';
import { sampledCentres } from '../../../operators/net/sampledCentres.ts';
import { startEngine } from '../../../pipeline/engine/load.ts';

/** More than are read back at a time. */
const CLASSES = 4100;

describe.each(['native', 'cpu'] as const)('sampled centres on %s', (backend) => {
  beforeAll(async () => {
    await startEngine({ want: backend });
  });

  it('begin as all centres of the same seed do, and either loads what the other saved', () => {
    const before = memory().numTensors;
    const all = classCentres({ dimension: 3, classes: CLASSES, seed: 7 });
    const sampled = sampledCentres({ dimension: 3, classes: CLASSES, rate: 0.1, seed: 7 });
    expect(sampled.save()).toEqual(all.save());
    const other = sampledCentres({ dimension: 3, classes: CLASSES, rate: 0.5 });
    expect(other.save()[CENTRES]!.data.every((x) => x === 0)).toBe(true);
    other.load(all.save());
    expect(other.save()).toEqual(all.save());
    const back = classCentres({ dimension: 3, classes: CLASSES });
    back.load(other.save());
    expect(back.save()).toEqual(all.save());
    for (const centres of [all, sampled, other, back]) centres.dispose();
    expect(memory().numTensors).toBe(before);
  });

  it('give the rows of the batch and of a keyed sample', () => {
    const centres = sampledCentres({ dimension: 4, classes: 30, rate: 0.2, seed: 1 });
    const columns = centres.save()[CENTRES]!.data;
    const { kernel, labels, at } = centres.take(Int32Array.of(9, 2, 9), { seed: 5, step: 8 });
    expect(kernel.shape).toEqual([6, 4]);
    expect([...labels].map((place) => at[place])).toEqual([9, 2, 9]);
    const expected = [...at].flatMap((c) => Array.from({ length: 4 }, (_, d) => columns[d * 30 + c]));
    expect([...kernel.dataSync()]).toEqual(expected);
    kernel.dispose();
    centres.dispose();
  });

  it('refuse what does not fit', () => {
    const make = (more: object) => () => sampledCentres({ dimension: 4, classes: 30, rate: 0.2, ...more });
    expect(make({ rate: 0 })).toThrow('sampledCentres: rate must be in (0, 1], received 0');
    expect(make({ rate: 1.5 })).toThrow('sampledCentres: rate must be in (0, 1]');
    expect(make({ classes: 0 })).toThrow('sampledCentres: classes must be a whole number above 0');
    expect(make({ dimension: 512, classes: 3_000_000 })).toThrow('sampledCentres: classes must be at most 2097152 of 512 numbers'); // prettier-ignore
    const centres = make({})();
    expect(() => centres.load({})).toThrow('head.kernel: expected shape [4, 30]');
    expect(() => centres.load({ [CENTRES]: { shape: [4, 3], data: new Float32Array(12) } })).toThrow('received [4, 3]');
    centres.dispose();
  });
});
