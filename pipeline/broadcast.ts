import { Actor, type Life, type Waits } from './actor.ts';
import type { Link } from './link.ts';

/** Gives every item to every branch once all of them have room: the slowest rules. A branch that wants no more is left out. */
export class Broadcast<T> extends Actor {
  readonly #inlet: Link<T>;
  readonly #outlets: readonly Link<T>[];

  constructor(name: string, inlet: Link<T>, outlets: readonly Link<T>[], life: Life) {
    super(name, 'broadcast', life);
    this.#inlet = inlet;
    this.#outlets = outlets;
  }

  get discarded(): number {
    return this.#inlet.discarded;
  }

  protected work(): Waits {
    for (;;) {
      if (this.life.over) return 'starved';
      if (this.#outlets.every((outlet) => outlet.cancelled)) {
        this.#inlet.cancel();
        return 'done';
      }
      if (this.#inlet.size === 0) {
        if (!this.#inlet.completed) return 'starved';
        for (const outlet of this.#outlets) outlet.complete();
        return 'done';
      }
      if (this.#outlets.some((outlet) => !outlet.cancelled && outlet.full)) return 'blocked';
      const item = this.#inlet.take();
      this.items++;
      for (const outlet of this.#outlets) outlet.offer(item);
      if (this.late()) return 'busy';
    }
  }

  release(): Promise<void> {
    this.#inlet.cancel();
    return Promise.resolve();
  }
}
