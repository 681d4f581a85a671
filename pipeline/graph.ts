import type { OperatorFunction } from 'rxjs';
import type { Label, Sink, Source, Stage } from './contracts.ts';
import { draw } from './draw.ts';
import { wiring } from './wiring.ts';

export interface GraphOptions {
  /** Keys all randomness of the run. Default 0. */
  seed?: number;
}

/** Capacity of the link that follows: it bounds what is in flight there. */
export interface LinkOptions {
  /** Items, 1 or more. */
  capacity?: number;
  /** Bytes, where items know their size; an empty link admits one item whatever its size. */
  bytes?: number;
}

export interface SourceOptions extends LinkOptions {
  /** Times through the source, 1 or more. Default 1. */
  epochs?: number;
  /** 'full': position i of epoch e is a permutation keyed by (seed, epoch). 'none': the source's own order. Default 'none'. */
  shuffle?: 'full' | 'none';
  /** Where to begin, to resume a run: samples before it are not given again. */
  from?: { epoch: number; position: number };
  /** Items asked for in one read, where the source has random access. Default 32, at most half the capacity. */
  chunk?: number;
}

export interface PipeOptions extends LinkOptions {
  /** What a stock RxJS operator does not say about itself: { gives: 3 } for one that emits up to three items for each. */
  label?: Partial<Label>;
}

export interface SourceNode extends Required<LinkOptions> {
  kind: 'source';
  name: string;
  source: Source<unknown>;
  epochs: number;
  shuffle: 'full' | 'none';
  from: { epoch: number; position: number };
  chunk: number;
}

export interface StageNode extends Required<LinkOptions> {
  kind: 'stage';
  name: string;
  /** Node it takes its items from. */
  after: string;
  /** Name of the branch this node begins, where a broadcast named it. */
  branch?: string;
  stage: OperatorFunction<unknown, unknown> & Partial<Stage<unknown, unknown>>;
  label: Label;
}

export interface SinkNode {
  kind: 'sink';
  name: string;
  after: string;
  branch?: string;
  sink: Sink<unknown>;
}

export type Node = SourceNode | StageNode | SinkNode;

/** A graph: a value that says what flows where. Nothing runs until `run`, and it may be run more than once. */
export interface Graph {
  readonly name: string;
  readonly seed: number;
  readonly nodes: readonly Node[];
  /** What is wrong with it, in words; empty where it can run. */
  validate(): string[];
  /**
   * Most source items in flight at once: capacities x items per item, plus what stages hold and sinks write.
   * A source that can only be walked holds the rest of one of its own chunks besides.
   */
  bound(): number;
  /** The graph as Mermaid text. */
  draw(): string;
}

/** A graph and the point in it where the next stage or sink is put. */
export interface Flow<T> extends Graph {
  /**
   * Puts a stage here and goes on behind it. `name` keys the stage's randomness and is unique in the graph.
   * `capacity` is that of the link after it, default 16.
   */
  pipe<O>(name: string, stage: Stage<T, O> | OperatorFunction<T, O>, options?: PipeOptions): Flow<O>;
  /** Puts a sink here. Several sinks at one point all get every item; the slowest rules. */
  sink(name: string, sink: Sink<T>): Flow<T>;
  /** Branches at this point: each gets every item, the slowest rules. */
  broadcast(branches: Record<string, (branch: Flow<T>) => Graph>): Graph;
}

export interface GraphStart extends Graph {
  /** Puts a source. `capacity` is that of the link after it, default 64. */
  source<T>(name: string, source: Source<T>, options?: SourceOptions): Flow<T>;
}

const SOURCE_CAPACITY = 64;
const STAGE_CAPACITY = 16;
const CHUNK = 32;
const LABEL: Label = { in: 'item', out: 'item', keeps: 'order', asks: 1, gives: 1, holds: 0 };

/**
 * Begins a graph.
 *
 * Put a source, stages and sinks one behind another; `run` then moves items through it, never more than its links hold.
 *
 * ```ts
 * const squares = graph('squares')
 *   .source('numbers', numbers)
 *   .pipe('square', map((x: number) => x * x), { capacity: 4 })
 *   .sink('print', toConsole());
 * await run(squares);
 * ```
 *
 * @param name what errors and drawings call it
 * @return a value to put a source on; every call gives a new graph and leaves the old one as it was
 */
export function graph(name: string, options: GraphOptions = {}): GraphStart {
  const seed = options.seed ?? 0;
  return {
    ...value(name, seed, []),
    source: (at, source, more) => flow(name, seed, [sourceNode(at, source, more)], at),
  };
}

function value(name: string, seed: number, nodes: readonly Node[]): Graph {
  return {
    name,
    seed,
    nodes,
    validate: () => wiring({ nodes }).problems,
    bound: () => wiring({ nodes }).bound,
    draw: () => draw({ name, nodes }),
  };
}

function flow<T>(name: string, seed: number, nodes: readonly Node[], at: string, branch?: string): Flow<T> {
  const begins = branch === undefined ? {} : { branch };
  return {
    ...value(name, seed, nodes),
    pipe<O>(as: string, stage: Stage<T, O> | OperatorFunction<T, O>, options: PipeOptions = {}): Flow<O> {
      const own = 'label' in stage ? stage.label : undefined;
      const node: StageNode = {
        kind: 'stage',
        name: as,
        after: at,
        ...begins,
        stage: stage as StageNode['stage'],
        label: { ...LABEL, ...own, ...options.label },
        capacity: options.capacity ?? STAGE_CAPACITY,
        bytes: options.bytes ?? Infinity,
      };
      return flow(name, seed, [...nodes, node], as);
    },
    sink(as: string, sink: Sink<T>): Flow<T> {
      const node: SinkNode = { kind: 'sink', name: as, after: at, ...begins, sink: sink as Sink<unknown> };
      return flow(name, seed, [...nodes, node], at, branch);
    },
    broadcast(branches): Graph {
      let all = nodes;
      for (const [key, build] of Object.entries(branches)) all = build(flow(name, seed, all, at, key)).nodes;
      return value(name, seed, all);
    },
  };
}

function sourceNode(name: string, source: Source<unknown>, options: SourceOptions = {}): SourceNode {
  const capacity = options.capacity ?? SOURCE_CAPACITY;
  return {
    kind: 'source',
    name,
    source,
    capacity,
    bytes: options.bytes ?? Infinity,
    epochs: options.epochs ?? 1,
    shuffle: options.shuffle ?? 'none',
    from: options.from ?? { epoch: 0, position: 0 },
    chunk: options.chunk ?? Math.max(1, Math.min(CHUNK, capacity >> 1)),
  };
}
