import { Subject, type OperatorFunction, type Subscription } from 'rxjs';
import { Actor, type Life, type Waits } from './actor.ts';
import { describe } from './describe.ts';
import { StageError } from './errors.ts';
import type { Link } from './link.ts';

/**
 * Drives one stage, an ordinary synchronous RxJS operator: calls `next` only while the inlet has an item and the outlet
 * has room for all the stage may give for it.
 */
export class Pump<I, O> extends Actor {
  readonly #operator: OperatorFunction<I, O>;
  readonly #gives: number;
  readonly #inlet: Link<I>;
  readonly #outlet: Link<O>;
  readonly #subject = new Subject<I>();
  #subscription: Subscription | undefined;
  /** Given while it subscribed or completed, or too big for the outlet's bytes: waits here, and nothing is taken meanwhile. */
  readonly #waiting: O[] = [];
  #item: I | undefined;
  #given = 0;
  /** Inside subscribe, next or complete: the only times a stage may give. */
  #inside = false;
  #completing = false;
  #ended = false;

  constructor(
    name: string,
    stage: { operator: OperatorFunction<I, O>; gives: number },
    links: { inlet: Link<I>; outlet: Link<O> },
    life: Life,
  ) {
    super(name, 'stage', life);
    this.#operator = stage.operator;
    this.#gives = stage.gives;
    this.#inlet = links.inlet;
    this.#outlet = links.outlet;
  }

  get discarded(): number {
    return this.#inlet.discarded;
  }

  protected work(): Waits {
    if (this.#subscription === undefined) this.#subscribe();
    for (;;) {
      if (this.life.over) return 'starved';
      if (this.#outlet.cancelled) this.#ended = true;
      if (this.life.stopping || this.#ended) this.#inlet.cancel();
      if (!this.#flush()) return 'blocked';
      if (this.#ended) {
        this.#subscription?.unsubscribe();
        this.#outlet.complete();
        return 'done';
      }
      if (this.#inlet.size === 0 || this.life.stopping) {
        if (!this.#inlet.completed && !this.life.stopping) return 'starved';
        // A stage that has been completed and does not end has something of its own under way; its end wakes the pump.
        if (this.#completing) return 'busy';
        this.#complete();
        continue;
      }
      if (this.#outlet.room < this.#gives || this.#outlet.full) return 'blocked';
      this.#next(this.#inlet.take());
      if (this.late()) return 'busy';
    }
  }

  release(): Promise<void> {
    this.#inside = true;
    this.#subscription?.unsubscribe();
    this.#inlet.cancel();
    for (const item of this.#waiting.splice(0)) this.#outlet.drop(item);
    return Promise.resolve();
  }

  #next(item: I): void {
    this.#item = item;
    this.#given = 0;
    this.#inside = true;
    this.#subject.next(item);
    this.#inside = false;
    this.#item = undefined;
  }

  #complete(): void {
    this.#completing = true;
    this.#inside = true;
    this.#subject.complete();
    this.#inside = false;
  }

  #subscribe(): void {
    this.#inside = true;
    try {
      this.#subscription = this.#operator(this.#subject).subscribe({
        next: (item) => this.#give(item),
        error: (error) => this.#fail(error),
        complete: () => {
          this.#ended = true;
          if (!this.#inside) this.wake();
        },
      });
    } catch (error) {
      this.#fail(error);
    }
    this.#inside = false;
  }

  #give(item: O): void {
    // Given while the run ended within the stage itself.
    if (this.life.over) return this.#outlet.drop(item);
    if (!this.#inside)
      return this.#fail(
        'gave an item outside subscribe, next and complete; work that takes its time belongs in `parallel`',
      );
    this.items++;
    if (++this.#given > this.#gives && this.#item !== undefined)
      return this.#fail(`gave ${this.#given} items for one, its label says at most ${this.#gives} (label.gives)`);
    if (this.#waiting.length > 0 || !this.#outlet.offer(item)) this.#waiting.push(item);
  }

  /** Moves on what waits; says whether nothing is left. */
  #flush(): boolean {
    while (this.#waiting.length > 0) {
      if (!this.#outlet.offer(this.#waiting[0]!)) return false;
      this.#waiting.shift();
    }
    return true;
  }

  #fail(error: unknown): void {
    this.life.fail(error instanceof StageError ? error : new StageError(this.name, describe(this.#item), error));
  }
}
