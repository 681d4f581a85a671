import { describe, expect, it } from 'vitest';
import type { Actor } from '../../pipeline/actor.ts';
import { Link } from '../../pipeline/link.ts';

function woken(): Actor & { times: number } {
  const actor = { times: 0, wake: () => void actor.times++ };
  return actor as unknown as Actor & { times: number };
}

describe('link', () => {
  it('gives back in order, also around the end of its ring and while it grows', () => {
    const link = new Link<number>(100);
    const out: number[] = [];
    let n = 0;
    for (let round = 0; round < 40; round++) {
      for (let i = 0; i < 7 + round; i++) if (link.offer(n)) n++;
      for (let i = 0; i < 5 + round && link.size > 0; i++) out.push(link.take());
    }
    while (link.size > 0) out.push(link.take());
    expect(out).toEqual(Array.from({ length: n }, (_, i) => i));
    expect(link.peak).toBeLessThanOrEqual(100);
  });

  it('refuses an item over its capacity', () => {
    const link = new Link<number>(2);
    expect([link.offer(1), link.offer(2), link.offer(3)]).toEqual([true, true, false]);
    expect([link.size, link.room, link.full, link.peak]).toEqual([2, 0, true, 2]);
    expect([link.peek(), link.take(), link.peek(), link.size]).toEqual([1, 1, 2, 1]);
    expect([link.offer(3), link.take(), link.take(), link.size]).toEqual([true, 2, 3, 0]);
  });

  it('refuses an item over its bytes, but takes one of any size when empty', () => {
    const link = new Link<Uint8Array>(10, 100);
    expect(link.offer(new Uint8Array(300))).toBe(true);
    expect(link.full).toBe(true);
    expect(link.offer(new Uint8Array(0))).toBe(false);
    link.take();
    expect([60, 50, 40].map((size) => link.offer(new Uint8Array(size)))).toEqual([true, false, true]);
    expect(link.room).toBe(8);
    link.take();
    expect(link.offer(new Uint8Array(60))).toBe(true);
  });

  it('wakes its reader for items and the end, its writer for room', () => {
    const [writer, reader] = [woken(), woken()];
    const link = new Link<number>(4);
    link.between(writer, reader);
    link.offer(1);
    expect([writer.times, reader.times]).toEqual([0, 1]);
    link.take();
    expect([writer.times, reader.times]).toEqual([1, 1]);
    link.complete();
    expect([link.ended, reader.times]).toEqual([true, 2]);
    link.cancel();
    link.cancel();
    expect(writer.times).toBe(2);
  });

  it('keeps nothing once it is cancelled, and counts what it dropped', () => {
    const link = new Link<number>(4);
    link.offer(1);
    link.offer(2);
    link.cancel();
    expect([link.size, link.room, link.offer(3), link.discarded]).toEqual([0, 4, true, 3]);
  });

  it('tells of every item that it drops: what lay in it, what comes after, what its reader gives back', () => {
    const dropped: number[] = [];
    const link = new Link<number>(3, Infinity, (item) => dropped.push(item));
    for (const item of [1, 2, 3]) link.offer(item);
    const taken = link.take();
    link.cancel();
    link.offer(4);
    link.drop(taken);
    link.cancel();
    expect(dropped).toEqual([2, 3, 4, 1]);
    expect(link.discarded).toBe(4);
  });
});
