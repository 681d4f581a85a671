import { take } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { StageContext } from '../../pipeline/contracts.ts';
import { graph } from '../../pipeline/graph.ts';
import { parallel } from '../../pipeline/parallel.ts';
import { retried } from '../../pipeline/retried.ts';
import { run } from '../../pipeline/run.ts';
import { timed } from '../../pipeline/timed.ts';
import { collect, listSource } from '../contracts/doubles.ts';

const abort = new AbortController();
const context = { stage: 'get', seed: 0, signal: abort.signal } as StageContext;
const after = (milliseconds: number) => (item: string) =>
  new Promise<string>((resolve) => setTimeout(resolve, milliseconds, item));

/** Watches the timers of RxJS; the returned function says how many were begun and how many are left. */
function timers(): () => { begun: number; left: number } {
  const begun = vi.spyOn(globalThis, 'setInterval');
  const ended = vi.spyOn(globalThis, 'clearInterval');
  return () => {
    const cleared = new Set<unknown>(ended.mock.calls.map(([timer]) => timer));
    const left = begun.mock.results.filter(({ value }) => !cleared.has(value)).length;
    return { begun: begun.mock.calls.length, left };
  };
}

describe('timed', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('gives what comes in time, at once or later, and leaves no timer', async () => {
    const given = timed(after(40), 50)('a', context);
    await vi.advanceTimersByTimeAsync(40);
    expect(await given).toBe('a');
    expect(await timed((n: number) => n + 1, 50)(1, context)).toBe(2);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('fails where it takes longer, and aborts the call', async () => {
    let signal: AbortSignal | undefined;
    const fn = (_: string, own: StageContext): Promise<string> => ((signal = own.signal), new Promise(() => {}));
    const given = timed(fn, 50)('a', context);
    const failed = expect(given).rejects.toThrow(/^took longer than 50 ms$/);
    await vi.advanceTimersByTimeAsync(49);
    expect(signal!.aborted).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    await failed;
    expect([signal!.aborted, vi.getTimerCount()]).toEqual([true, 0]);
  });

  it('passes on what the call fails with, and ends with the run', async () => {
    await expect(timed(() => Promise.reject(new Error('no')), 50)('a', context)).rejects.toThrow('no');
    const own = new AbortController();
    const given = timed(() => new Promise(() => {}), 50)('a', { ...context, signal: own.signal });
    own.abort(new Error('over'));
    await expect(given).rejects.toThrow('over');
    expect(vi.getTimerCount()).toBe(0);
  });

  it('refuses no time at all', () => {
    expect(() => timed(() => 1, 0)).toThrow('timed: milliseconds must be above 0, received 0');
  });

  it('is tried again by `retried`', async () => {
    let calls = 0;
    const fn = (item: string): Promise<string> => after(++calls < 3 ? 1000 : 10)(item);
    const given = retried(timed(fn, 50), { attempts: 3, delay: 10 })('a', context);
    await vi.advanceTimersByTimeAsync(200);
    expect([await given, calls]).toEqual(['a', 3]);
  });
});

describe('timed, in a graph', () => {
  afterEach(() => void vi.restoreAllMocks());

  it('names the item that took too long', async () => {
    const fn = (n: number): Promise<number> | number => (n === 3 ? new Promise<number>(() => {}) : n);
    const stage = parallel(timed(fn, 30), { concurrency: 2 });
    const flow = graph('g')
      .source('n', listSource([1, 2, 3, 4]))
      .pipe('get', stage)
      .sink('out', collect());
    await expect(run(flow)).rejects.toThrow("stage 'get' at item 3: took longer than 30 ms");
  });

  it('holds up no run that has all it wants', async () => {
    const fn = (n: number): Promise<number> | number => (n > 2 ? new Promise<number>(() => {}) : n);
    const stage = parallel(timed(fn, 60_000), { concurrency: 4 });
    const sink = collect<number>();
    const counted = timers();
    await run(graph('g').source('n', listSource([1, 2, 3, 4])).pipe('get', stage).pipe('two', take(2)).sink('out', sink)); // prettier-ignore
    expect(sink.items).toEqual([1, 2]);
    const { begun: started, left } = counted();
    expect([started > 0, left]).toEqual([true, 0]);
  });
});
