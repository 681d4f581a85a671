import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { StageContext } from '../../pipeline/contracts.ts';
import { graph } from '../../pipeline/graph.ts';
import { parallel } from '../../pipeline/parallel.ts';
import { retried } from '../../pipeline/retried.ts';
import { run } from '../../pipeline/run.ts';
import { collect, listSource } from '../contracts/doubles.ts';

const life = (): { context: StageContext; abort: AbortController } => {
  const abort = new AbortController();
  return { context: { stage: 'get', seed: 3, signal: abort.signal } as StageContext, abort };
};
/** Fails so often for each item, then gives it; keeps when it was called. */
function flaky(failures: number): { fn: (item: string) => Promise<string>; at: number[] } {
  const at: number[] = [];
  const fn = async (item: string): Promise<string> => {
    if (at.push(Date.now()) <= failures) throw new Error(`no answer ${at.length}`);
    return item;
  };
  return { fn, at };
}
const waits = (at: readonly number[]): number[] => at.slice(1).map((time, i) => time - at[i]!);

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

describe('retried', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => {
    expect(vi.getTimerCount()).toBe(0);
    vi.useRealTimers();
  });

  async function waitsOf(item: string, context = life().context, most = 1000): Promise<number[]> {
    const { fn, at } = flaky(4);
    const given = retried(fn, { attempts: 5, delay: 100, most })(item, context);
    await vi.runAllTimersAsync();
    expect(await given).toBe(item);
    return waits(at);
  }

  it('calls again after waits that double, each between half and all of its own, up to the longest', async () => {
    const found = await waitsOf('a', undefined, 300);
    for (const [i, most] of [100, 200, 300, 300].entries()) {
      expect(found[i]).toBeGreaterThanOrEqual(most / 2);
      expect(found[i]).toBeLessThanOrEqual(most);
    }
  });

  it('draws the waits by seed, stage, item and call: the same every time, apart for each item', async () => {
    const [a, again, b] = [await waitsOf('a'), await waitsOf('a'), await waitsOf('b')];
    expect(again).toEqual(a);
    expect(b).not.toEqual(a);
    expect(await waitsOf('a', { ...life().context, seed: 4 })).not.toEqual(a);
  });

  it('fails with what the last call failed with', async () => {
    const { fn, at } = flaky(9);
    const given = retried(fn, { attempts: 3, delay: 10 })('a', life().context);
    const failed = expect(given).rejects.toThrow('no answer 3');
    await vi.runAllTimersAsync();
    await failed;
    expect(at).toHaveLength(3);
  });

  it('ends its wait when the run ends', async () => {
    const { context, abort } = life();
    const { fn, at } = flaky(9);
    const given = retried(fn, { attempts: 3, delay: 1000 })('a', context);
    await vi.advanceTimersByTimeAsync(1);
    expect(vi.getTimerCount()).toBe(1);
    abort.abort(new Error('over'));
    await expect(given).rejects.toThrow('over');
    expect(at).toHaveLength(1);
  });

  it.each([
    [{ attempts: 0, delay: 1 }, 'retried: attempts must be a whole number, 1 or more, received 0'],
    [{ attempts: 2, delay: -1 }, 'retried: delay must be'],
    [{ attempts: 2, delay: 10, most: 5 }, 'retried: most must be at least the 10 of delay, received 5'],
  ])('refuses %j', (options, message) => {
    expect(() => retried(async () => 1, options)).toThrow(message);
  });
});

describe('retried, in a graph', () => {
  afterEach(() => void vi.restoreAllMocks());

  const numbers = Array.from({ length: 20 }, (_, i) => i);

  it('lets a run go on over failures, in order', async () => {
    const failed = new Set<number>();
    const fn = (n: number): number => {
      if (n % 3 === 0 && !failed.has(n)) {
        failed.add(n);
        throw new Error('not yet');
      }
      return n * n;
    };
    const sink = collect<number>();
    const stage = parallel(retried(fn, { attempts: 2, delay: 2 }), { concurrency: 4 });
    await run(graph('g').source('n', listSource(numbers)).pipe('square', stage).sink('out', sink));
    expect(sink.items).toEqual(numbers.map((n) => n * n));
    expect(failed.size).toBe(7);
  });

  it('holds no run up that fails elsewhere', async () => {
    const fn = (n: number): Promise<number> => Promise.reject(new Error(`${n} fails`));
    const stage = parallel(retried(fn, { attempts: 2, delay: 60_000, most: 60_000 }), { concurrency: 4 });
    const flow = graph('g').source('n', listSource(numbers)).broadcast({
      waits: (branch) => branch.pipe('get', stage).sink('a', collect()),
      fails: (branch) => branch.sink('b', collect(() => Promise.reject(new Error('the disk is full')))),
    }); // prettier-ignore
    const [begun, counted] = [performance.now(), timers()];
    await expect(run(flow)).rejects.toThrow("stage 'b' at item 0: the disk is full");
    expect(performance.now() - begun).toBeLessThan(5000);
    const { begun: started, left } = counted();
    expect([started > 0, left]).toEqual([true, 0]);
  });
});
