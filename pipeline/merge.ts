import { Actor, type Life, type Waits } from './actor.ts';
import type { Link } from './link.ts';
import type { MergeRule } from './nodes.ts';

/**
 * Gives the items of several inlets in turns, and is done when all of them are.
 *
 * An inlet's share of a round is spread over it (smooth weighted round-robin, as nginx balances load): rates of 3 and 1 give
 * a, a, b, a. Ordered, whose turn it is is waited for and left out only once its turn finds it ended: what comes out
 * depends on what comes in, never on when. Else whoever has nothing just now is passed over.
 */
export class Merge<T> extends Actor {
  readonly #inlets: readonly { link: Link<T>; rate: number; credit: number }[];
  readonly #outlet: Link<T>;
  readonly #ordered: boolean;
  /** Inlets that still have turns. */
  #left: { link: Link<T>; rate: number; credit: number }[];

  constructor(name: string, rule: MergeRule, links: { inlets: readonly Link<T>[]; outlet: Link<T> }, life: Life) {
    super(name, 'stage', life);
    this.#inlets = links.inlets.map((link, i) => ({ link, rate: rule.rates[i]!, credit: 0 }));
    this.#left = [...this.#inlets];
    this.#outlet = links.outlet;
    this.#ordered = rule.ordered;
  }

  get discarded(): number {
    return this.#inlets.reduce((sum, { link }) => sum + link.discarded, 0);
  }

  protected work(): Waits {
    for (;;) {
      if (this.life.over) return 'starved';
      if (!this.#ordered) this.#left = this.#left.filter(({ link }) => !link.ended);
      if (this.life.stopping || this.#outlet.cancelled || this.#left.length === 0) {
        this.#cancel();
        this.#outlet.complete();
        return 'done';
      }
      const turns = this.#ordered ? this.#left : this.#left.filter(({ link }) => link.size > 0);
      if (turns.length === 0) return 'starved';
      const next = turns.reduce((most, one) => (one.credit + one.rate > most.credit + most.rate ? one : most));
      if (next.link.ended) {
        this.#left = this.#left.filter((one) => one !== next);
        continue;
      }
      if (next.link.size === 0) return 'starved';
      // Only an item that fits is taken: the outlet may be full by bytes alone.
      if (!this.#outlet.offer(next.link.peek())) return 'blocked';
      next.link.take();
      this.items++;
      for (const one of turns) {
        one.credit += one.rate;
        next.credit -= one.rate;
      }
      if (this.late()) return 'busy';
    }
  }

  release(): Promise<void> {
    this.#cancel();
    return Promise.resolve();
  }

  #cancel(): void {
    for (const { link } of this.#inlets) link.cancel();
  }
}
