import { bufferCount, from, lastValueFrom, map, throwError, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { Stage } from '../../pipeline/contracts.ts';
import { graph } from '../../pipeline/graph.ts';
import { parallel } from '../../pipeline/parallel.ts';
import { restarted } from '../../pipeline/restarted.ts';
import { run } from '../../pipeline/run.ts';
import { collect, listSource } from '../contracts/doubles.ts';
import { stageContract } from '../contracts/stage.ts';

const numbers = Array.from({ length: 12 }, (_, i) => i);
const picky = (...refused: number[]) =>
  map((n: number) => {
    if (refused.includes(n)) throw new Error(`will not have ${n}`);
    return n * 10;
  });
const pairs = (refused: number): Stage<number, number[]> =>
  Object.assign((source: Parameters<ReturnType<typeof picky>>[0]) => source.pipe(picky(refused), bufferCount(2)), {
    label: { in: 'n', out: 'pair', keeps: 'order', asks: 2, gives: 1, holds: 1, items: 2 },
  });

describe('restarted', () => {
  const cases = { stage: () => restarted(picky(), { times: 1 }), inputs: [1, 2], outputs: [10, 20], single: [10] };
  for (const { name, run: check } of stageContract(cases)) it(name, check);

  async function through<O>(stage: Stage<number, O>) {
    const sink = collect<O>();
    const flow = graph('g').source('n', listSource(numbers)).pipe('ten', stage).sink('out', sink);
    const { faults } = await run(flow);
    return {
      items: sink.items,
      reasons: faults.list.map(({ file, stage: at, reason }) => `${at}: ${file}: ${reason}`),
    };
  }

  it('goes on with the next item, and what failed is a fault', async () => {
    const { items, reasons } = await through(restarted(picky(3, 4), { times: 2 }));
    expect(items).toEqual(numbers.filter((n) => n !== 3 && n !== 4).map((n) => n * 10));
    expect(reasons).toEqual([3, 4].map((n) => `ten: item ${n}: will not have ${n}; 'ten' was begun anew`));
  });

  it('says that what the stage held is lost', async () => {
    const { items, reasons } = await through(restarted(pairs(5), { times: 1 }));
    expect(items).toEqual([[0, 10], [20, 30], [60, 70], [80, 90], [100, 110]]); // prettier-ignore
    expect(reasons).toEqual(["ten: item 5: will not have 5; 'ten' was begun anew; what it held is lost"]);
  });

  it('ends the run at the failure after the last restart', async () => {
    const stage = restarted(picky(3, 4, 7), { times: 2 });
    await expect(through(stage)).rejects.toThrow("stage 'ten' at item 7: will not have 7");
  });

  it('mends nothing in a plain pipe, nor what failed before it', async () => {
    const alone = lastValueFrom(from(numbers).pipe(restarted(picky(3), { times: 9 }), toArray()));
    await expect(alone).rejects.toThrow('will not have 3');
    let reports = 0;
    const context = { stage: 'ten', fault: () => reports++ } as unknown as Parameters<NonNullable<Stage<number, number>['wire']>>[0]; // prettier-ignore
    const wired = restarted(picky(), { times: 9 }).wire!(context);
    await expect(lastValueFrom(throwError(() => new Error('upstream')).pipe(wired))).rejects.toThrow('upstream');
    expect(reports).toBe(0);
  });

  it('refuses stages that take their time, and no restart at all', () => {
    expect(() =>
      restarted(
        parallel((n: number) => n, { concurrency: 1 }),
        { times: 1 },
      ),
    ).toThrow('put `retried`');
    expect(() => restarted(picky(), { times: 0 })).toThrow('restarted: times must be a whole number, 1 or more');
  });
});
