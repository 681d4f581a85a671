import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { eachRead } from '../../../pipeline/files/eachRead.ts';

// The clock stands still but for slow reads: a busy machine makes none.
beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
afterEach(() => void vi.useRealTimers());

/** Reads that count who did them; the one at `slowAt` takes its time. */
function counting(slowAt?: number) {
  const done = { now: 0, later: 0 };
  const fill = (target: Uint8Array, offset: number): number => {
    target.fill(offset);
    return target.length;
  };
  const read = eachRead(
    (target, offset) => {
      if (offset === slowAt) vi.advanceTimersByTime(1);
      done.now++;
      return fill(target, offset);
    },
    async (target, offset) => {
      done.later++;
      return fill(target, offset);
    },
  );
  return { done, read };
}

it('fills every target from its offset, whoever reads', async () => {
  const { done, read } = counting(3);
  const offsets = [1, 3, 3, 4, 5];
  const targets = [1, 2, 3, 4, 5].map((length) => new Uint8Array(length));
  expect(await read(offsets, targets)).toEqual([1, 2, 3, 4, 5]);
  targets.forEach((target, i) => expect(target).toEqual(new Uint8Array(i + 1).fill(offsets[i]!)));
  expect(done).toEqual({ now: 3, later: 2 });
});

it('goes on after one slow read: another thread may have had the processor', async () => {
  const { done, read } = counting(7);
  await read(
    [1, 7, 1, 7, 1],
    Array.from({ length: 5 }, () => new Uint8Array(1)),
  );
  expect(done).toEqual({ now: 5, later: 0 });
});

it('leaves reads to others for a while after two slow ones in a row, then tries again', async () => {
  const { done, read } = counting(7);
  await read([7, 7], [new Uint8Array(1), new Uint8Array(1)]);
  expect(done).toEqual({ now: 2, later: 0 });
  const offsets = Array.from({ length: 256 }, () => 1);
  const targets = offsets.map(() => new Uint8Array(1));
  await read(offsets, targets);
  expect(done).toEqual({ now: 2, later: 256 });
  await read([1], [new Uint8Array(1)]);
  expect(done).toEqual({ now: 3, later: 256 });
});

it('gives the errors of both', async () => {
  const fail = (): never => {
    throw new Error('no such place');
  };
  await expect(eachRead(fail, async () => 0)([0], [new Uint8Array(1)])).rejects.toThrow('no such place');
});
