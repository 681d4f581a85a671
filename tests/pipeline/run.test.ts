import { map, tap } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { Sink, StageContext } from '../../pipeline/contracts.ts';
import type { CrewStage } from '../../pipeline/crew.ts';
import { FileError, StageError } from '../../pipeline/errors.ts';
import { graph } from '../../pipeline/graph.ts';
import { parallel } from '../../pipeline/parallel.ts';
import { run } from '../../pipeline/run.ts';
import type { RunReport } from '../../pipeline/report.ts';
import { collect, listSource } from '../contracts/doubles.ts';

const numbers = Array.from({ length: 50 }, (_, i) => i);
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const step = (fn: (x: number) => void) => tap<number>(fn);

/** A sink that writes its life into a diary. */
function diarist(name: string, diary: string[], failing: { open?: boolean; close?: boolean } = {}): Sink<number> {
  return {
    open: async () => {
      if (failing.open) throw new FileError(name, 'no space left');
      diary.push(`open ${name}`);
    },
    write: () => undefined,
    close: async (end) => {
      diary.push(`close ${name} ${end.kind}`);
      if (failing.close) throw new Error(`${name} cannot be closed`);
    },
  };
}

describe('run', () => {
  it('reports what every node did, and which one limits the run', async () => {
    const source = listSource(numbers);
    const busy = step(() => {
      const end = performance.now() + 0.5;
      while (performance.now() < end);
    });
    const flow = graph('g').source('n', source).pipe('busy', busy).sink('out', collect());
    const report = await run(flow);
    expect(report).toMatchObject({ graph: 'g', outcome: { kind: 'complete' }, limiting: 'busy', faults: { count: 0 } });
    expect(report.nodes.map(({ name, kind, items }) => [name, kind, items])).toEqual([
      ['n', 'source', 50], ['busy', 'stage', 50], ['out', 'sink', 50],
    ]); // prettier-ignore
    expect(report.nodes[1]!.seconds.busy).toBeGreaterThan(0.02);
    expect(report.seconds).toBeGreaterThan(0.02);
  });

  it('opens in order and closes in reverse, also when opening fails half-way', async () => {
    const diary: string[] = [];
    const source = listSource(numbers);
    await run(graph('g').source('n', source).sink('a', diarist('a', diary)).sink('b', diarist('b', diary)));
    expect(diary).toEqual(['open a', 'open b', 'close b complete', 'close a complete']);
    diary.length = 0;
    const flow = graph('g').source('n', source).sink('a', diarist('a', diary)).sink('b', diarist('b', diary, { open: true })); // prettier-ignore
    await expect(run(flow)).rejects.toThrow('b: no space left');
    expect(diary).toEqual(['open a', 'close a failed']);
    expect([source.opened, source.closed]).toEqual([2, 2]);
  });

  it('fails where a sink cannot be closed, and still closes the others', async () => {
    const diary: string[] = [];
    const flow = graph('g').source('n', listSource(numbers)).sink('a', diarist('a', diary)).sink('b', diarist('b', diary, { close: true })); // prettier-ignore
    await expect(run(flow)).rejects.toThrow("stage 'b': b cannot be closed");
    expect(diary.at(-1)).toBe('close a failed');
  });

  it('closes the others also where a sink throws at once', async () => {
    const diary: string[] = [];
    const source = listSource(numbers);
    const rude: Sink<number> = {
      ...diarist('rude', diary),
      close: () => {
        throw new Error('no promise');
      },
    };
    const flow = graph('g').source('n', source).sink('a', diarist('a', diary)).sink('rude', rude);
    await expect(run(flow)).rejects.toThrow("stage 'rude': no promise");
    expect(diary.at(-1)).toBe('close a failed');
    expect(source.closed).toBe(1);
  });

  it('waits for every stage before it closes anything, also where one cannot be let go of', async () => {
    const diary: string[] = [];
    const label = { in: 'n', out: 'n', keeps: 'order', asks: 1, gives: 1, holds: 0 };
    const crew = (close: () => Promise<void>): CrewStage<number, number> =>
      Object.assign(step(() => undefined), { label, crew: () => ({ chunk: 1, slots: 1, ordered: true, work: (items: number[]) => ({ items }), close }) }); // prettier-ignore
    const flow = graph('g')
      .source('n', listSource(numbers))
      .pipe('breaks', crew(() => Promise.reject(new Error('stuck'))))
      .pipe('slow', crew(async () => { await turn(); diary.push('slow is done'); }))
      .sink('a', diarist('a', diary)); // prettier-ignore
    await expect(run(flow)).rejects.toThrow('stuck');
    expect(diary).toEqual(['open a', 'slow is done', 'close a complete']);
  });

  it('lets the first error win and name its place', async () => {
    const sink = collect<number>((x) =>
      x === 9 ? Promise.reject(new FileError('log.jsonl', 'no space left')) : turn(),
    );
    const failed = run(graph('g').source('n', listSource(numbers)).sink('log', sink));
    await expect(failed).rejects.toThrow("stage 'log' at item 9: log.jsonl: no space left");
    await expect(failed).rejects.toBeInstanceOf(StageError);
    expect(sink.items).toEqual(numbers.slice(0, 9));
    expect(sink.end?.kind).toBe('failed');
    const thrown = collect<number>(() => { throw new Error('at once'); }); // prettier-ignore
    await expect(run(graph('g').source('n', listSource(numbers)).sink('log', thrown))).rejects.toThrow("stage 'log' at item 0: at once"); // prettier-ignore
  });

  it('ends at once when its signal aborts, and tells every stage', async () => {
    const abort = new AbortController();
    let told = false;
    const listening = parallel(
      (x: number, { signal }) =>
        new Promise<number>((resolve) => {
          if (x < 5) return resolve(x);
          signal.addEventListener('abort', () => ((told = true), resolve(x)));
        }),
      { concurrency: 2 },
    );
    const sink = collect<number>((x) => void (x === 4 && abort.abort(new Error('enough'))));
    const flow = graph('g').source('n', listSource(numbers)).pipe('listening', listening).sink('out', sink);
    await expect(run(flow, { signal: abort.signal })).rejects.toThrow('enough');
    expect(told).toBe(true);
    expect(sink.items).toEqual([0, 1, 2, 3, 4]);
    expect(sink.end).toMatchObject({ kind: 'aborted' });
    await expect(run(flow, { signal: abort.signal })).rejects.toThrow('enough');
  });

  it('aborts while a source waits', async () => {
    const abort = new AbortController();
    const source = listSource(numbers, { before: (at) => (at === 0 ? undefined : turn()), chunk: 1, randomAccess: false }); // prettier-ignore
    setTimeout(() => abort.abort(new Error('now')), 5);
    const endless = graph('g').source('n', source, { epochs: Infinity }).sink('out', collect());
    await expect(run(endless, { signal: abort.signal })).rejects.toThrow('now');
    expect(source.closed).toBe(1);
  });

  it('stops between two items: stages complete, what reached the sinks is written', async () => {
    const stop = new AbortController();
    const done: number[] = [];
    const training = Object.assign(
      step((x) => {
        done.push(x);
        if (x === 7) stop.abort(new Error('Ctrl-C'));
      }),
      { label: { in: 'n', out: 'n', keeps: 'order', asks: 1, gives: 1, holds: 0 } },
    );
    const sink = collect<number>(turn);
    const flow = graph('g').source('n', listSource(numbers)).pipe('step', training).sink('log', sink);
    const report = await run(flow, { stop: stop.signal });
    expect(done).toEqual(numbers.slice(0, 8));
    expect(sink.items).toEqual(done);
    expect(report.outcome).toMatchObject({ kind: 'aborted', reason: new Error('Ctrl-C') });
    expect(sink.end).toMatchObject({ kind: 'aborted' });
    expect(report.nodes[1]!.discarded).toBeGreaterThan(0);
  });

  it('may be run again, and keeps what belongs to the caller', async () => {
    let trained = 0;
    const sink = collect<number>();
    const flow = graph('g').source('n', listSource([1, 2, 3])).pipe('train', map((x: number) => (trained += x))).sink('out', sink); // prettier-ignore
    await run(flow);
    await run(flow);
    expect(sink.items).toEqual([1, 3, 6, 7, 9, 12]);
  });

  it('gives a stage its name, its seed and its signal', async () => {
    const contexts: StageContext[] = [];
    const base = map((x: number) => x);
    const stage = Object.assign(base, {
      label: { in: 'n', out: 'n', keeps: 'order', asks: 1, gives: 1, holds: 0 },
      wire: (context: StageContext) => (contexts.push(context), base),
    });
    await run(graph('g', { seed: 9 }).source('n', listSource(numbers)).pipe('mine', stage).sink('out', collect()));
    expect(contexts).toHaveLength(1);
    expect(contexts[0]).toMatchObject({ stage: 'mine', seed: 9, signal: { aborted: false } });
  });

  it('stops when faults go over their budget', async () => {
    const source = listSource(numbers.map((i) => ({ id: `${i}`, epoch: 0, position: i, index: i })));
    const broken = parallel((item: { id: string; index: number }, context) => {
      context.fault({ stage: context.stage, file: `${item.id}.jpg`, index: item.index, reason: 'not an image' });
      return item;
    }, { concurrency: 1 }); // prettier-ignore
    const flow = graph('g').source('n', source).pipe('decode', broken).sink('out', collect());
    const failed = run(flow, { faults: { count: 3, rate: 0 } });
    await expect(failed).rejects.toThrow(/^stage 'decode': 4 of \d+ records could not be used, over the budget of 3 and 0 %; the last: 3.jpg: not an image$/); // prettier-ignore
    expect((await run(flow, { faults: { count: 100 } })).faults.count).toBe(50);
  });

  it('tells how it stands, and lets the event loop turn', async () => {
    const told: RunReport[] = [];
    let turns = 0;
    let going = true;
    const count = (): void => {
      turns++;
      if (going) setImmediate(count);
    };
    setImmediate(count);
    const slow = step(() => {
      const end = performance.now() + 2;
      while (performance.now() < end);
    });
    const flow = graph('g').source('n', listSource(numbers), { epochs: 6 }).pipe('slow', slow).sink('out', collect());
    await run(flow, { onProgress: (report) => told.push(report) });
    going = false;
    // 600 ms of work in turns of 8 ms.
    expect(turns).toBeGreaterThan(20);
    expect(told.length).toBeGreaterThan(0);
    expect(told[0]).toMatchObject({ outcome: undefined, limiting: 'slow' });
  });
});
