import type { Loop } from './loop.ts';
import type { Link } from './link.ts';
import type { NodeReport } from './report.ts';

/** What an actor waits for when it returns: an item, room, its own work; or nothing more. */
export type Waits = 'starved' | 'blocked' | 'busy' | 'done';

/** The run as its actors see it. */
export interface Life {
  readonly loop: Loop;
  /** The run is over: actors return at once and touch nothing. */
  readonly over: boolean;
  /** The run is asked to stop: stages take nothing more. */
  readonly stopping: boolean;
  fail(error: unknown): void;
  /** An actor will do nothing more. */
  finished(): void;
}

/** One node of a running graph: works while it has items and room, then returns and is woken by its links. */
export abstract class Actor {
  readonly name: string;
  readonly kind: NodeReport['kind'] | 'broadcast';
  /** Marked in the loop already. */
  queued = false;
  /** Place in the order of the graph, upstream first; one of its own for each actor of a run. */
  rank = 0;
  done = false;
  /** Items given; for a sink: written. */
  items = 0;
  /** Where it gives them, laid by the run; a sink has none. */
  link: Link<unknown> | undefined;
  protected readonly life: Life;
  readonly #milliseconds = { busy: 0, starved: 0, blocked: 0 };
  #waits: Waits = 'starved';
  /** Milliseconds at work while no other actor was. */
  #alone = 0;
  /** What the loop had worked when this one returned. */
  #worked = 0;
  #since: number | undefined;
  #stride = 1;
  #countdown = 1;
  #checked = 0;

  constructor(name: string, kind: Actor['kind'], life: Life) {
    this.name = name;
    this.kind = kind;
    this.life = life;
  }

  /** One turn of work from `begun` on; says when it ended: looking at the clock costs more than handing on an item. Called by the loop only. */
  act(begun = performance.now()): number {
    if (this.done || this.life.over) return begun;
    if (this.#since !== undefined && this.#waits !== 'done') this.#milliseconds[this.#waits] += begun - this.#since;
    this.#alone += this.#lonely(begun);
    this.#checked = begun;
    this.#waits = this.work();
    const ended = performance.now();
    this.#since = ended;
    this.#milliseconds.busy += ended - begun;
    this.#alone += ended - begun;
    this.life.loop.worked += ended - begun;
    this.#worked = this.life.loop.worked;
    if (this.#waits !== 'done' || this.done) return ended;
    this.done = true;
    this.life.finished();
    return ended;
  }

  /** Works as far as it can and says what it waits for. */
  protected abstract work(): Waits;

  /** Called once when the run is over, before scopes close: lets go of everything and waits for what is under way. */
  abstract release(): Promise<void>;

  /** Items dropped in front of it. */
  abstract get discarded(): number;

  wake(): void {
    this.life.loop.wake(this);
  }

  /** This turn is used up, so the caller returns 'busy'; looks at the clock only as often as items are slow. */
  protected late(): boolean {
    if (--this.#countdown > 0) return false;
    const now = performance.now();
    // Not more than four: after one slow item among quick ones the others must get their turn.
    this.#stride = now - this.#checked < 0.25 ? Math.min(this.#stride * 2, 4) : 1;
    this.#checked = now;
    this.#countdown = this.#stride;
    if (!this.life.loop.late(now)) return false;
    this.wake();
    return true;
  }

  /**
   * Seconds that the run waited for it: its work here, and what it does elsewhere while nobody works here.
   * A file that is written beside a long step keeps nobody waiting.
   */
  alone(): number {
    return (this.#alone + (this.done ? 0 : this.#lonely(performance.now()))) / 1000;
  }

  /** Milliseconds since it returned in which it was at work elsewhere and nobody here. */
  #lonely(now: number): number {
    if (this.#since === undefined || this.#waits !== 'busy') return 0;
    return Math.max(0, now - this.#since - (this.life.loop.worked - this.#worked));
  }

  seconds(): NodeReport['seconds'] {
    const seconds = { ...this.#milliseconds };
    if (this.#since !== undefined && !this.done && this.#waits !== 'done')
      seconds[this.#waits] += performance.now() - this.#since;
    return { busy: seconds.busy / 1000, starved: seconds.starved / 1000, blocked: seconds.blocked / 1000 };
  }
}
