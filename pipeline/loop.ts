import type { Actor } from './actor.ts';

/** Longest stretch of work, in milliseconds, before the event loop gets its turn. */
const SLICE = 8;

/**
 * Runs the actors of one run, one after another, until none has anything to do.
 *
 * Waking an actor only queues it: no callback runs inside another and the stack stays flat.
 * After 8 ms the rest waits for the next turn of the event loop.
 */
export class Loop {
  #ready: Actor[] = [];
  #next: Actor[] = [];
  #running = false;
  #stopped = false;
  #turn: NodeJS.Immediate | undefined;
  #deadline: number | undefined;
  readonly #afterTurn: () => void;
  readonly #failed: (error: unknown) => void;

  constructor(hooks: { afterTurn: () => void; failed: (error: unknown) => void }) {
    this.#afterTurn = hooks.afterTurn;
    this.#failed = hooks.failed;
  }

  /** The time of this turn is used up: an actor should return and goes on in the next. */
  get late(): boolean {
    return performance.now() >= (this.#deadline ?? 0);
  }

  /** Queues an actor; it runs now if nothing else does. */
  wake(actor: Actor): void {
    if (actor.queued || this.#stopped) return;
    actor.queued = true;
    this.#next.push(actor);
    if (!this.#running && this.#turn === undefined) this.#run();
  }

  /** Nothing runs any more, and no turn is left waiting. */
  stop(): void {
    this.#stopped = true;
    if (this.#turn !== undefined) clearImmediate(this.#turn);
    this.#turn = undefined;
  }

  #run(): void {
    // Promises that settle at once would keep coming back without the event loop ever turning, so a deadline outlives a call.
    if (this.#deadline === undefined) this.#deadline = performance.now() + SLICE;
    else if (this.late) return this.#yield();
    this.#running = true;
    try {
      while (this.#next.length > 0 && !this.#stopped) {
        [this.#ready, this.#next] = [this.#next, this.#ready];
        for (const actor of this.#ready) {
          actor.queued = false;
          actor.act();
        }
        this.#ready.length = 0;
        if (this.late) break;
      }
      this.#afterTurn();
    } catch (error) {
      this.#failed(error);
    }
    this.#running = false;
    if (this.#next.length > 0 && !this.#stopped) this.#yield();
  }

  #yield(): void {
    this.#turn = setImmediate(() => {
      this.#turn = undefined;
      this.#deadline = performance.now() + SLICE;
      this.#run();
    });
  }
}
