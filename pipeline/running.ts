import type { OperatorFunction } from 'rxjs';
import type { Actor, Life } from './actor.ts';
import { assemble } from './assemble.ts';
import { Broadcast } from './broadcast.ts';
import type { Fault, Outcome, StageContext } from './contracts.ts';
import { CrewPump, isCrewStage } from './crew.ts';
import { Drain } from './drain.ts';
import { StageError } from './errors.ts';
import { Faults } from './faults.ts';
import { Feed } from './feed.ts';
import type { Graph } from './graph.ts';
import type { Sample } from './items.ts';
import { Join } from './join.ts';
import type { Link } from './link.ts';
import { Loop } from './loop.ts';
import { Merge } from './merge.ts';
import type { JunctionNode, Node, SinkNode, SourceNode, StageNode } from './nodes.ts';
import { Pump } from './pump.ts';
import type { RunOptions, RunReport } from './report.ts';

/** Milliseconds between two calls of `onProgress`. */
const PROGRESS = 500;

/** What is opened before items move and closed after. */
interface Scope {
  name: string;
  open?(): Promise<void>;
  close(end: Outcome): Promise<void>;
}

/** A graph at run: its links and actors, and how it ended. */
export class Running implements Life {
  readonly loop: Loop;
  readonly scopes: Scope[] = [];
  over = false;
  stopping = false;
  readonly #graph: Graph;
  readonly #options: RunOptions;
  readonly #life = new AbortController();
  readonly #faults: Faults;
  readonly #actors: readonly Actor[];
  readonly #feeds = new Map<string, Feed<unknown>>();
  readonly #begun = performance.now();
  #told = this.#begun;
  #left = 0;
  #end: Outcome | undefined;
  #resolve: (end: Outcome) => void = () => undefined;
  readonly #onAbort = (): void => this.#finish({ kind: 'aborted', reason: this.#options.signal?.reason as unknown });
  readonly #onStop = (): void => {
    this.stopping = true;
    for (const actor of this.#actors) actor.wake();
  };

  constructor(graph: Graph, options: RunOptions) {
    this.#graph = graph;
    this.#options = options;
    this.loop = new Loop({ afterTurn: () => this.#tell(), failed: (error) => this.fail(error) });
    this.#faults = new Faults(options, graph.nodes, (error) => this.fail(error));
    this.scopes.push(this.#faults.scope(this.#context('quarantine', 'quarantine')));
    this.#actors = assemble(graph.nodes, {
      actor: (node, { inlets, outlet }, source) => this.#actor(node, inlets, outlet, source),
      broadcast: (name, inlet, outlets) => new Broadcast(name, inlet, outlets, this),
    });
    options.signal?.addEventListener('abort', this.#onAbort, { once: true });
    options.stop?.addEventListener('abort', this.#onStop, { once: true });
  }

  /** Moves items until the run ends, and says how. */
  async ended(): Promise<Outcome> {
    const ended = new Promise<Outcome>((resolve) => (this.#resolve = resolve));
    if (this.#end !== undefined) return this.#end;
    if (this.#options.stop?.aborted) this.stopping = true;
    this.#left = this.#actors.length;
    for (const actor of this.#actors) actor.wake();
    return ended;
  }

  fail(error: unknown): void {
    this.#finish({ kind: 'failed', error });
  }

  finished(): void {
    if (--this.#left > 0) return;
    this.#finish(
      this.stopping ? { kind: 'aborted', reason: this.#options.stop?.reason as unknown } : { kind: 'complete' },
    );
  }

  /** Lets go of everything that moves, and waits for what is under way. */
  async release(): Promise<void> {
    this.over = true;
    this.loop.stop();
    this.#options.signal?.removeEventListener('abort', this.#onAbort);
    this.#options.stop?.removeEventListener('abort', this.#onStop);
    if (this.#end?.kind !== 'complete') this.#life.abort();
    const released = await Promise.allSettled(this.#actors.map((actor) => actor.release()));
    const failed = released.find((one) => one.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  }

  report(outcome: Outcome | undefined): RunReport {
    const told = this.#actors.filter((actor) => actor.kind !== 'broadcast');
    const nodes = told.map((actor) => ({
      name: actor.name,
      kind: actor.kind as 'source' | 'stage' | 'sink',
      items: actor.items,
      discarded: actor.discarded,
      seconds: actor.seconds(),
      ...(actor.link && { link: actor.link.report() }),
    }));
    const limiting = told.reduce((most, actor) => (actor.alone() > most.alone() ? actor : most));
    return {
      graph: this.#graph.name,
      outcome,
      seconds: (performance.now() - this.#begun) / 1000,
      nodes,
      limiting: limiting.name,
      faults: { count: this.#faults.count, list: this.#faults.list },
    };
  }

  #finish(end: Outcome): void {
    if (this.#end !== undefined) return;
    this.#end = end;
    this.over = true;
    this.loop.stop();
    this.#resolve(end);
  }

  #tell(): void {
    const { onProgress } = this.#options;
    if (onProgress === undefined) return;
    const now = performance.now();
    if (now - this.#told < PROGRESS) return;
    this.#told = now;
    onProgress(this.report(undefined));
  }

  #actor(
    node: Node,
    inlets: readonly Link<unknown>[],
    outlet: Link<unknown> | undefined,
    source: string | undefined,
  ): Actor {
    const [inlet] = inlets;
    if (node.kind === 'source') return this.#feed(node, outlet!);
    if (node.kind === 'sink') return this.#drain(node, inlet!, source);
    if (node.kind === 'junction') return this.#junction(node, inlets, outlet!);
    return this.#pump(node, { inlet: inlet!, outlet: outlet! }, source);
  }

  #junction({ name, rule }: JunctionNode, inlets: readonly Link<unknown>[], outlet: Link<unknown>): Actor {
    if (rule.kind === 'merge') return new Merge(name, rule, { inlets, outlet }, this);
    const [left, right] = inlets as [Link<unknown>, Link<unknown>];
    return new Join(name, rule.take, { left, right, outlet: outlet as Link<[unknown, unknown[]]> }, this);
  }

  #feed(node: SourceNode, outlet: Link<unknown>): Actor {
    const feed = new Feed<unknown>(node, outlet, this.#graph.seed, this);
    this.#feeds.set(node.name, feed);
    this.scopes.push({
      name: node.name,
      open: async () => node.source.open?.(),
      close: async () => node.source.close?.(),
    });
    // A scope of its own: where what was opened is found wanting, it is open and must be closed.
    this.scopes.push({
      name: node.name,
      open: async () => {
        feed.check();
        this.#faults.indexed(node.name, node.source.faults ?? [], node.source.length);
      },
      close: () => Promise.resolve(),
    });
    return feed;
  }

  #drain(node: SinkNode, inlet: Link<unknown>, source: string | undefined): Actor {
    const context = this.#context(node.name, source);
    this.scopes.push({
      name: node.name,
      open: () => node.sink.open(context),
      close: (end) => node.sink.close(end),
    });
    return new Drain(node.name, node.sink, inlet, this);
  }

  #pump(node: StageNode, links: { inlet: Link<unknown>; outlet: Link<unknown> }, source: string | undefined): Actor {
    const context = this.#context(node.name, source);
    if (isCrewStage(node.stage)) {
      const crew = node.stage.crew(context);
      if (crew.open !== undefined)
        this.scopes.push({ name: node.name, open: () => crew.open!(), close: async () => crew.close?.() });
      return new CrewPump(context, crew, links, this);
    }
    const operator: OperatorFunction<unknown, unknown> = node.stage.wire?.(context) ?? node.stage;
    return new Pump(node.name, { operator, gives: node.label.gives }, links, this);
  }

  /** Items a stage has given. */
  #given(stage: string): number {
    return this.#actors.find(({ name }) => name === stage)?.items ?? 0;
  }

  #context(stage: string, source: string | undefined): StageContext {
    const feed = source === undefined ? undefined : this.#feeds.get(source);
    const locate = (fault: Fault): Fault => feed?.locate(fault) ?? fault;
    return {
      stage,
      seed: this.#graph.seed,
      signal: this.#life.signal,
      fault: (fault) => this.#faults.add(locate(fault), this.#given(stage) + 1),
      locate,
      substitute: async (key, attempt) => {
        if (this.over) throw new StageError(stage, undefined, new Error('the run is over'));
        // Where several sources met an index says nothing any more: nobody knows whose it is.
        if (feed === undefined)
          throw new StageError(stage, undefined, new Error('takes items of several sources: put it before they meet'));
        return (await feed.substitute(key, attempt)) as Sample;
      },
    };
  }
}
