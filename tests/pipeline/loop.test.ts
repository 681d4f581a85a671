import { describe, expect, it } from 'vitest';
import type { Actor } from '../../pipeline/actor.ts';
import { Loop } from '../../pipeline/loop.ts';

let ranks = 0;
const actor = (work: () => void, rank = ranks++): Actor => {
  const act = (): number => (work(), performance.now());
  return { queued: false, rank, act } as unknown as Actor;
};
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('loop', () => {
  it('runs what is woken while it runs afterwards, each once', () => {
    const seen: string[] = [];
    const loop = new Loop({ afterTurn: () => seen.push('end'), failed: () => expect.fail() });
    const b = actor(() => seen.push('b'));
    const a = actor(() => {
      loop.wake(b);
      loop.wake(b);
      seen.push('a');
    });
    loop.wake(a);
    expect(seen).toEqual(['a', 'b', 'end']);
  });

  it('runs the one furthest upstream first', () => {
    const seen: number[] = [];
    const loop = new Loop({ afterTurn: () => undefined, failed: () => expect.fail() });
    const actors = [0, 1, 2].map((rank) => actor(() => {
      seen.push(rank);
      if (rank === 2 && seen.length < 6) for (const other of [1, 0]) loop.wake(actors[other]!);
    }, rank)); // prettier-ignore
    loop.wake(actor(() => [2, 0, 1].forEach((i) => loop.wake(actors[i]!)), 3));
    expect(seen).toEqual([0, 1, 2, 0, 1]);
  });

  it('yields to the event loop when its time is used up', async () => {
    let acts = 0;
    const loop = new Loop({ afterTurn: () => undefined, failed: () => expect.fail() });
    const busy = actor(() => {
      const end = performance.now() + 3;
      while (performance.now() < end);
      if (++acts < 10) loop.wake(busy);
    });
    loop.wake(busy);
    expect(acts).toBeLessThan(10);
    for (let i = 0; i < 20; i++) await turn();
    expect(acts).toBe(10);
  });

  it('yields also when promises that are settled keep waking it', async () => {
    let turned = false;
    setImmediate(() => (turned = true));
    const loop = new Loop({ afterTurn: () => undefined, failed: () => expect.fail() });
    const begun = performance.now();
    await new Promise<void>((resolve) => {
      const again = actor(() => {
        if (turned || performance.now() > begun + 1000) resolve();
        else void Promise.resolve().then(() => loop.wake(again));
      });
      loop.wake(again);
    });
    expect(turned).toBe(true);
  });

  it('does nothing once it is stopped, and hands on what an actor throws', async () => {
    const errors: unknown[] = [];
    const loop = new Loop({ afterTurn: () => undefined, failed: (error) => errors.push(error) });
    loop.wake(actor(() => { throw new Error('lost'); })); // prettier-ignore
    expect(errors).toEqual([new Error('lost')]);
    loop.stop();
    loop.wake(actor(() => expect.fail()));
    await turn();
  });
});
