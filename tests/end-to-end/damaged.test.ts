import { readFileSync, rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { graph, run, workers, type Batch, type Fault, type FaultBudgets, type RunReport } from 'rxface';
import { batch } from 'rxface/operators';
import { toQuarantine } from 'rxface/sinks';
import { shards } from 'rxface/sources';
import { keyed } from '../../pipeline/keyed.ts';
import { encodePng } from '../../pipeline/pixels.ts';
import { verify } from '../../pipeline/recipes/verify.ts';
import { collect } from '../contracts/doubles.ts';
import { folder, put } from '../fixtures/archives.ts';
import { shardOf } from '../fixtures/shards.ts';

const RECORDS = 1000;
const root = folder(true);
afterAll(() => rmSync(root, { recursive: true }));
/** One in a hundred, drawn by key; of each some bits of its bytes are turned over. */
const damaged = new Map<number, number>();

beforeAll(async () => {
  const png = async (i: number): Promise<Uint8Array> =>
    encodePng({ height: 8, width: 8, data: Uint8Array.from({ length: 192 }, (_, k) => keyed('face', i, k)) });
  const faces = [];
  for (let i = 0; i < RECORDS; i++) faces.push({ key: `${i}`, label: i % 10, bytes: await png(i) });
  const { shard, offsets } = shardOf(faces);
  for (let n = 0; damaged.size < RECORDS / 100; n++) {
    const i = keyed('record', n) % RECORDS;
    damaged.set(i, offsets[i]!);
    const length = (offsets[i + 1] ?? offsets[i]! + 50) - offsets[i]!;
    for (let bit = 0; bit <= n % 3; bit++)
      shard[offsets[i]! + (keyed('byte', n, bit) % length)]! ^= 1 << (keyed('bit', n, bit) % 8);
  }
  put(root, { 'set.faces': shard });
});

interface Trained {
  batches: Batch[];
  report: RunReport;
  list: Fault[];
}

async function train(name: string, threads: number, faults?: Partial<FaultBudgets>): Promise<Trained> {
  const sink = collect<Batch>();
  const file = `${root}/${name}.jsonl`;
  const flow = graph('train', { seed: 3 })
    .source('faces', shards(`${root}/set.faces`), { epochs: 2, shuffle: 'full' })
    .pipe('prepare', workers('rxface/operators/prepare', { threads, size: [8, 8], augment: { flip: 0.5 } }), {
      capacity: 64,
    })
    .pipe('batch', batch(50), { capacity: 2 })
    .sink('out', sink);
  const report = await run(flow, { ...(faults && { faults }), quarantine: toQuarantine(file) });
  const list = readFileSync(file, 'utf8').trimEnd().split('\n').map((line) => JSON.parse(line) as Fault); // prettier-ignore
  return { batches: sink.items, report, list };
}

describe('a set with one record in a hundred damaged', () => {
  it('is trained on to the end: as many batches, the same substitutes every time, a list that names every one', async () => {
    const { batches, report, list } = await train('first', 0, { count: 40 });
    expect(batches).toHaveLength((2 * RECORDS) / 50);
    const found = new Map(list.map(({ index, offset }) => [index, offset]));
    expect(found).toEqual(damaged);
    for (const { epoch, position, substitute, index, file, reason, offset } of list) {
      const { keys } = batches[(epoch! * RECORDS + position!) / 50 | 0]!; // prettier-ignore
      const took = keys[position! % 50]!;
      expect(took.position).toBe(position);
      expect([damaged.has(index!), file, reason]).toEqual([true, `${root}/set.faces`, expect.stringContaining(`'${index}'`)]); // prettier-ignore
      // Either it took the place, or it is broken too and the next line says so.
      expect(took.index === substitute || damaged.has(substitute!)).toBe(true);
      expect(offset).toBe(damaged.get(index!));
    }
    expect(batches.flatMap(({ keys }) => keys).some(({ index }) => damaged.has(index))).toBe(false);
    expect(report.faults).toEqual({ count: list.length, list });
    const again = await train('again', 2, { count: 40 });
    expect(again.list).toEqual(list);
    expect(again.batches).toEqual(batches);
  });

  it('is told so by reading and decoding all of it, whichever the threads', async () => {
    const expected = [...damaged].toSorted(([a], [b]) => a - b).map(([index, offset]) => ({ file: `${root}/set.faces`, index, offset })); // prettier-ignore
    for (const threads of [0, 2]) {
      const { records, broken } = await verify(shards(`${root}/set.faces`), { threads });
      expect(records).toBe(RECORDS);
      expect(broken).toMatchObject(expected);
      expect(broken).toHaveLength(expected.length);
    }
  });

  it('is given up over a budget of half a percent, and says so', async () => {
    const budget = { stages: { prepare: { count: 4, rate: 0.005 } } };
    const stopped = train('budget', 2, budget);
    await expect(stopped).rejects.toThrow(
      /^stage 'prepare': \d+ of \d+ records could not be used, over the budget of 4 and 0.5 %; the last: .*set.faces, byte \d+: '\d+': /,
    );
    const message = await stopped.catch(String);
    await expect(train('budget', 0, budget).catch(String)).resolves.toBe(message);
  });
});
