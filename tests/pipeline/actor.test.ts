import { describe, expect, it } from 'vitest';
import { Actor, type Life, type Waits } from '../../pipeline/actor.ts';
import { Loop } from '../../pipeline/loop.ts';

class Scripted extends Actor {
  readonly discarded = 0;
  readonly script: (() => Waits)[];
  constructor(script: (() => Waits)[], run: Life) {
    super('scripted', 'stage', run);
    this.script = script;
  }
  protected work(): Waits {
    return this.script.shift()!();
  }
  release(): Promise<void> {
    return Promise.resolve();
  }
}

function spend(milliseconds: number): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}

function life(): Life & { ended: number } {
  const loop = new Loop({ afterTurn: () => undefined, failed: () => expect.fail() });
  const made = {
    loop,
    over: false,
    stopping: false,
    ended: 0,
    fail: () => undefined,
    finished: () => void made.ended++,
  };
  return made;
}

describe('actor', () => {
  it('keeps account of where its time goes', () => {
    const actor = new Scripted([() => (spend(10), 'starved'), () => 'blocked', () => 'done'], life());
    actor.act();
    spend(20);
    actor.act();
    spend(5);
    actor.act();
    const { busy, starved, blocked } = actor.seconds();
    expect(busy).toBeGreaterThanOrEqual(0.01);
    expect(starved).toBeGreaterThanOrEqual(0.02);
    expect(blocked).toBeGreaterThanOrEqual(0.005);
    spend(5);
    expect(actor.seconds()).toEqual({ busy, starved, blocked });
  });

  it('works no more once it is done or the run is over', () => {
    const one = life();
    const actor = new Scripted([() => 'done'], one);
    actor.act();
    actor.act();
    expect([one.ended, actor.done]).toEqual([1, true]);
    const over = { ...life(), over: true };
    new Scripted([() => expect.fail()], over).act();
  });
});
