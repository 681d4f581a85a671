import { Observable, type OperatorFunction } from 'rxjs';
import { Actor, type Life, type Waits } from './actor.ts';
import type { Fault, Stage, StageContext } from './contracts.ts';
import { describe, describeFault } from './describe.ts';
import { StageError } from './errors.ts';
import type { Link } from './link.ts';
import { Window } from './window.ts';

/** What became of a chunk: what to give, and the faults to report, each just before the item `at` it is given. */
export interface Done<O> {
  items: O[];
  faults?: { at: number; fault: Fault }[];
}

/** Work that takes its time, on several chunks at once. */
export interface Crew<I, O> {
  /** Items worked on together. */
  readonly chunk: number;
  /** Chunks under way at once; Infinity: as many as there is room for downstream. */
  readonly slots: number;
  /** Whether results are given in the order of their items. */
  readonly ordered: boolean;
  open?(): Promise<void>;
  work(items: I[]): Done<O> | Promise<Done<O>>;
  /** Ends what is under way. */
  close?(): Promise<void>;
}

/** A stage that takes its time: the graph drives its crew, a plain pipe its operator. */
export interface CrewStage<I, O> extends Stage<I, O> {
  crew(context: StageContext): Crew<I, O>;
}

export function isCrewStage(stage: object): stage is CrewStage<unknown, unknown> {
  return 'crew' in stage;
}

/** Drives a crew: takes a chunk only with a slot free and room downstream for all that is under way. */
export class CrewPump<I, O> extends Actor {
  readonly #crew: Crew<I, O>;
  readonly #context: StageContext;
  readonly #inlet: Link<I>;
  readonly #outlet: Link<O>;
  readonly #chunk: number;
  readonly #window: Window<Done<O>>;
  readonly #working = new Set<Promise<void>>();
  /** Items under way: room is kept for them. */
  #reserved = 0;
  #giving: Done<O> = { items: [] };
  #at = 0;
  /** Faults of `#giving` reported so far. */
  #told = 0;

  constructor(context: StageContext, crew: Crew<I, O>, links: { inlet: Link<I>; outlet: Link<O> }, life: Life) {
    super(context.stage, 'stage', life);
    this.#crew = crew;
    this.#context = context;
    this.#inlet = links.inlet;
    this.#outlet = links.outlet;
    this.#chunk = Math.min(crew.chunk, links.outlet.capacity);
    this.#window = new Window(crew.ordered);
  }

  get discarded(): number {
    return this.#inlet.discarded;
  }

  protected work(): Waits {
    for (;;) {
      if (this.life.over) return 'starved';
      if (this.life.stopping || this.#outlet.cancelled) this.#inlet.cancel();
      const fits = this.#deliver();
      if (this.#outlet.cancelled) return 'done';
      if (!fits) return 'blocked';
      const n = Math.min(this.#chunk, this.#inlet.size);
      if (n === 0 && this.#reserved === 0 && (this.#inlet.completed || this.#inlet.cancelled)) {
        this.#outlet.complete();
        return 'done';
      }
      // While the next stage still has items this one keeps nobody waiting.
      const working = this.#outlet.size > 0 ? 'blocked' : 'busy';
      if (n === 0) return this.#reserved > 0 ? working : 'starved';
      if (this.#window.size >= this.#crew.slots) return working;
      if (this.#outlet.room - this.#reserved < n) return working;
      // A chunk is taken whole, or as it is when nothing is under way that it could wait beside.
      if (n < this.#chunk && !this.#inlet.completed && !this.#inlet.full && this.#reserved > 0) return working;
      this.#take(n);
      if (this.late()) return 'busy';
    }
  }

  async release(): Promise<void> {
    await this.#crew.close?.();
    await Promise.all(this.#working);
    this.#inlet.cancel();
    for (const item of this.#giving.items.slice(this.#at)) this.#outlet.drop(item);
    for (let ready = this.#window.take(); ready !== undefined; ready = this.#window.take())
      for (const item of ready.value.items) this.#outlet.drop(item);
  }

  /** Gives what is ready; says whether the outlet took all of it. */
  #deliver(): boolean {
    for (;;) {
      const { items, faults = [] } = this.#giving;
      while (this.#at < items.length) {
        while (faults[this.#told]?.at === this.#at) this.#context.fault(faults[this.#told++]!.fault);
        if (this.life.over || !this.#outlet.offer(items[this.#at]!)) return false;
        this.#at++;
        this.items++;
      }
      const ready = this.#window.take();
      if (ready === undefined) return true;
      this.#giving = ready.value;
      this.#at = 0;
      this.#told = 0;
      this.#reserved -= ready.weight;
    }
  }

  #take(n: number): void {
    const items: I[] = [];
    while (items.length < n) items.push(this.#inlet.take());
    this.#reserved += n;
    const settle = this.#window.enter(n);
    try {
      const done = this.#crew.work(items);
      if (!('then' in done)) return settle(done);
      const working: Promise<void> = done
        .then(settle, (error: unknown) => {
          this.#fail(items, error);
          settle({ items: [] });
        })
        .finally(() => {
          this.#working.delete(working);
          this.wake();
        });
      this.#working.add(working);
    } catch (error) {
      this.#fail(items, error);
      settle({ items: [] });
    }
  }

  #fail(items: readonly I[], error: unknown): void {
    if (error instanceof StageError) return this.life.fail(error);
    const first = describe(items[0]);
    const place = items.length === 1 || first === undefined ? first : `${first} or the ${items.length - 1} after it`;
    this.life.fail(new StageError(this.name, place, error));
  }
}

/**
 * The crew in a plain pipe. RxJS has no demand there: items wait in an unbounded queue.
 * There is no source either: a fault is an error.
 */
export function unbounded<I, O>(name: string, open: (context: StageContext) => Crew<I, O>): OperatorFunction<I, O> {
  return (source) =>
    new Observable((subscriber) => {
      const life = new AbortController();
      const context = alone(name, life.signal);
      const crew = open(context);
      const window = new Window<Done<O>>(crew.ordered);
      const waiting: I[] = [];
      let completed = false;
      const fail = (error: unknown) => subscriber.error(error);
      const go = (): void => {
        for (let ready = window.take(); ready !== undefined; ready = window.take()) {
          for (const { fault } of ready.value.faults ?? []) context.fault(fault);
          for (const item of ready.value.items) subscriber.next(item);
        }
        while (waiting.length > 0 && window.size < crew.slots && !subscriber.closed) {
          const items = waiting.splice(0, crew.chunk);
          const settle = window.enter(items.length);
          new Promise<Done<O>>((resolve) => resolve(crew.work(items))).then((done) => (settle(done), go())).catch(fail);
        }
        if (completed && waiting.length === 0 && window.size === 0) subscriber.complete();
      };
      subscriber.add(
        source.subscribe({
          next: (item) => (waiting.push(item), go()),
          error: fail,
          complete: () => ((completed = true), go()),
        }),
      );
      return () => {
        life.abort();
        void crew.close?.();
      };
    });
}

/** The context of a stage outside a graph: no seed of a run, no source to draw substitutes from. */
function alone(stage: string, signal: AbortSignal): StageContext {
  return {
    stage,
    seed: 0,
    signal,
    fault: (fault) => {
      throw new StageError(stage, undefined, new Error(describeFault(fault)));
    },
    substitute: () =>
      Promise.reject(new StageError(stage, undefined, new Error('has no source to draw a substitute from'))),
  };
}
