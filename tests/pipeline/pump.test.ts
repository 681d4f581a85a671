import { bufferCount, delay, endWith, from, map, type MonoTypeOperatorFunction, mergeMap, of, Observable, scan, startWith, take, tap, timer, takeUntil } from 'rxjs'; // prettier-ignore
import { describe, expect, it } from 'vitest';
import { StageError } from '../../pipeline/errors.ts';
import { graph, type PipeOptions } from '../../pipeline/graph.ts';
import { run } from '../../pipeline/run.ts';
import { collect, listSource } from '../contracts/doubles.ts';
import { stageContract } from '../contracts/stage.ts';

const numbers = Array.from({ length: 20 }, (_, i) => i);

/** What 20 numbers become through a stage, in a graph. */
async function through<O>(stage: (source: Observable<number>) => Observable<O>, options: PipeOptions = {}) {
  const source = listSource(numbers, { chunk: 3 });
  const sink = collect<O>();
  const flow = graph('g')
    .source('n', source, { capacity: 5 })
    .pipe('stage', stage, { capacity: 2, ...options });
  await run(flow.sink('out', sink));
  return { items: sink.items, source };
}

describe('a stock operator as a stage', () => {
  for (const check of stageContract({
    stage: () => map((x: number) => x * x),
    inputs: [1, 2, 3],
    outputs: [1, 4, 9],
    single: [1],
  }))
    it(check.name, check.run);
});

describe('pump', () => {
  it('gives what the operator gives', async () => {
    expect((await through(scan((sum, x) => sum + x, 0))).items.at(-1)).toBe(190);
    expect((await through(bufferCount(8), { label: { holds: 7 } })).items.map((b) => b.length)).toEqual([8, 8, 4]);
    expect(
      (
        await through(
          mergeMap((x) => of(x, x)),
          { label: { gives: 2 } },
        )
      ).items,
    ).toHaveLength(40);
  });

  it('keeps what a stage gives when subscribed and completed until there is room', async () => {
    const stage: MonoTypeOperatorFunction<number> = (s) => s.pipe(startWith(-1, -2, -3), endWith(97, 98, 99));
    expect((await through(stage)).items).toEqual([-1, -2, -3, ...numbers, 97, 98, 99]);
  });

  it('ends its source when the operator has enough', async () => {
    const { items, source } = await through(take(3));
    expect(items).toEqual([0, 1, 2]);
    expect(source.given).toBeLessThanOrEqual(3 + 5 + 3);
    expect(source.closed).toBe(1);
    expect((await through(take(0))).items).toEqual([]);
  });

  it('lets an operator end by itself at any time', async () => {
    const source = listSource(numbers, { before: () => new Promise((resolve) => setTimeout(resolve, 2)) });
    const sink = collect<number>();
    await run(graph('g').source('n', source, { epochs: Infinity }).pipe('until', takeUntil(timer(25))).sink('out', sink)); // prettier-ignore
    expect(sink.items.length).toBeGreaterThan(0);
  });

  it('refuses a stage that takes its time, and says what to use', async () => {
    await expect(through(delay(1))).rejects.toThrow(
      "stage 'stage': gave an item outside subscribe, next and complete; work that takes its time belongs in `parallel`",
    );
  });

  it('refuses more items than the label says', async () => {
    await expect(
      through(
        mergeMap((x) => from([x, x, x])),
        { label: { gives: 2 } },
      ),
    ).rejects.toThrow("stage 'stage' at item 0: gave 3 items for one, its label says at most 2 (label.gives)");
  });

  it('names the stage and the item that failed', async () => {
    const stage = tap<number>((x) => {
      if (x === 7) throw new RangeError('seven');
    });
    const failed = through(stage);
    await expect(failed).rejects.toThrow(/^stage 'stage' at item 7: seven$/);
    await expect(failed).rejects.toBeInstanceOf(StageError);
    await expect(failed).rejects.toHaveProperty('cause', expect.any(RangeError));
    const broken = (): Observable<number> => {
      throw new Error('never subscribes');
    };
    await expect(through(broken)).rejects.toThrow("stage 'stage': never subscribes");
  });

  it('unsubscribes a stage whose run ends early', async () => {
    let torn = 0;
    const stage: MonoTypeOperatorFunction<number> = (source) =>
      new Observable((subscriber) => {
        const inner = source.subscribe(subscriber);
        return () => {
          torn++;
          inner.unsubscribe();
        };
      });
    const flow = graph('g').source('n', listSource(numbers)).pipe('a', stage);
    await expect(
      run(flow.pipe('b', tap((x: number) => { if (x === 3) throw new Error('no'); })).sink('out', collect())),
    ).rejects.toThrow('no'); // prettier-ignore
    expect(torn).toBe(1);
  });

  it('does not grow the stack: a hundred stages, one at a time', async () => {
    let flow = graph('g').source('n', listSource(numbers), { capacity: 1 });
    for (let i = 0; i < 100; i++) flow = flow.pipe(`s${i}`, map((x: number) => x + 1), { capacity: 1 }); // prettier-ignore
    const depths = new Set<number>();
    const sink = collect<number>(() => void depths.add(new Error('here').stack!.split('\n').length));
    await run(flow.sink('out', sink));
    expect(sink.items).toEqual(numbers.map((x) => x + 100));
    expect(Math.max(...depths)).toBeLessThan(12);
  });
});
