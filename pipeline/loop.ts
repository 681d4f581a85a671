import type { Actor } from './actor.ts';

/** Longest stretch of work, in milliseconds, before the event loop gets its turn. */
const SLICE = 8;

/**
 * Runs the actors of one run, one after another, until none has anything to do.
 *
 * Waking an actor only marks it: no callback runs inside another and the stack stays flat.
 * The one furthest upstream goes first, so that everything is on its way before a long step downstream begins.
 * After 8 ms the rest waits for the next turn of the event loop.
 */
export class Loop {
  /** Milliseconds that actors have been at work here, all together. */
  worked = 0;
  /** Actors with something to do, by rank. */
  readonly #ready: (Actor | undefined)[] = [];
  #count = 0;
  #first = 0;
  #running = false;
  #stopped = false;
  #turn: NodeJS.Immediate | undefined;
  /** End of this turn; 0 before the first. */
  #deadline = 0;
  readonly #afterTurn: () => void;
  readonly #failed: (error: unknown) => void;

  constructor(hooks: { afterTurn: () => void; failed: (error: unknown) => void }) {
    this.#afterTurn = hooks.afterTurn;
    this.#failed = hooks.failed;
  }

  /** The time of this turn is used up at `now`: an actor should return and goes on in the next. */
  late(now: number): boolean {
    return now >= this.#deadline;
  }

  /** An actor has something to do; it runs now if nothing else does. */
  wake(actor: Actor): void {
    if (actor.queued || this.#stopped) return;
    actor.queued = true;
    this.#ready[actor.rank] = actor;
    this.#count++;
    if (actor.rank < this.#first) this.#first = actor.rank;
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
    let now = performance.now();
    if (this.#deadline === 0) this.#deadline = now + SLICE;
    else if (this.late(now)) return this.#yield();
    this.#running = true;
    try {
      while (this.#count > 0 && !this.#stopped) {
        now = this.#next().act(now);
        if (this.late(now)) break;
      }
      this.#afterTurn();
    } catch (error) {
      this.#failed(error);
    }
    this.#running = false;
    if (this.#count > 0 && !this.#stopped) this.#yield();
  }

  #next(): Actor {
    while (this.#ready[this.#first] === undefined) this.#first++;
    const actor = this.#ready[this.#first]!;
    this.#ready[this.#first] = undefined;
    this.#count--;
    actor.queued = false;
    return actor;
  }

  #yield(): void {
    this.#turn = setImmediate(() => {
      this.#turn = undefined;
      this.#deadline = performance.now() + SLICE;
      this.#run();
    });
  }
}
