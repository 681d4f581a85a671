import { Actor, type Life, type Waits } from './actor.ts';
import type { Link } from './link.ts';

/** Gives each left item with the next n right ones, and is done when either side is: what is left of the other is dropped. */
export class Join<L, R> extends Actor {
  readonly #take: number;
  readonly #left: Link<L>;
  readonly #right: Link<R>;
  readonly #outlet: Link<[L, R[]]>;
  /** Right items for the next left one, taken as they come: at most n. */
  #gathered: R[] = [];

  constructor(
    name: string,
    take: number,
    links: { left: Link<L>; right: Link<R>; outlet: Link<[L, R[]]> },
    life: Life,
  ) {
    super(name, 'stage', life);
    this.#take = take;
    this.#left = links.left;
    this.#right = links.right;
    this.#outlet = links.outlet;
  }

  get discarded(): number {
    return this.#left.discarded + this.#right.discarded;
  }

  protected work(): Waits {
    for (;;) {
      if (this.life.over) return 'starved';
      while (this.#gathered.length < this.#take && this.#right.size > 0) this.#gathered.push(this.#right.take());
      const short = this.#gathered.length < this.#take;
      if (this.life.stopping || this.#outlet.cancelled || this.#left.ended || (short && this.#right.ended)) {
        this.#drop();
        this.#outlet.complete();
        return 'done';
      }
      if (short || this.#left.size === 0) return 'starved';
      // Only an item that fits is taken: the outlet may be full by bytes alone.
      if (!this.#outlet.offer([this.#left.peek(), this.#gathered])) return 'blocked';
      this.#left.take();
      this.#gathered = [];
      this.items++;
      if (this.late()) return 'busy';
    }
  }

  release(): Promise<void> {
    this.#drop();
    return Promise.resolve();
  }

  #drop(): void {
    this.#left.cancel();
    this.#right.cancel();
    for (const item of this.#gathered.splice(0)) this.#right.drop(item);
  }
}
