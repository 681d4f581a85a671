import { Actor, type Life, type Waits } from './actor.ts';
import type { Sink } from './contracts.ts';
import { describe } from './describe.ts';
import { StageError } from './errors.ts';
import type { Link } from './link.ts';

/** Writes what reaches a sink, one item at a time. The run opens and closes the sink. */
export class Drain<T> extends Actor {
  readonly #sink: Sink<T>;
  readonly #inlet: Link<T>;
  #writing: Promise<void> | undefined;

  constructor(name: string, sink: Sink<T>, inlet: Link<T>, life: Life) {
    super(name, 'sink', life);
    this.#sink = sink;
    this.#inlet = inlet;
  }

  get discarded(): number {
    return this.#inlet.discarded;
  }

  protected work(): Waits {
    for (;;) {
      if (this.life.over) return 'starved';
      if (this.#writing !== undefined) return 'busy';
      if (this.#inlet.size === 0) return this.#inlet.completed ? 'done' : 'starved';
      this.#write(this.#inlet.take());
      if (this.late()) return 'busy';
    }
  }

  async release(): Promise<void> {
    await this.#writing;
    this.#inlet.cancel();
  }

  #write(item: T): void {
    try {
      const written = this.#sink.write(item);
      if (written === undefined) {
        this.items++;
        return;
      }
      this.#writing = written.then(
        () => {
          this.items++;
          this.#writing = undefined;
          this.wake();
        },
        (error) => {
          this.#writing = undefined;
          this.#fail(item, error);
        },
      );
    } catch (error) {
      this.#fail(item, error);
    }
  }

  #fail(item: T, error: unknown): void {
    this.life.fail(new StageError(this.name, describe(item), error));
  }
}
