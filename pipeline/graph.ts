import type { OperatorFunction } from 'rxjs';
import type { Label, Sink, Source, Stage } from './contracts.ts';
import { draw } from './draw.ts';
import {
  STOCK_LABEL,
  type Inlet,
  type JunctionNode,
  type Linked,
  type LinkOptions,
  type Node,
  type SinkNode,
  type SourceNode,
  type StageNode,
} from './nodes.ts';
import type { Shuffle } from './sampler.ts';
import { wiring } from './wiring.ts';

export type { LinkOptions, Node, SourceNode } from './nodes.ts';

export interface GraphOptions {
  /** Keys all randomness of the run. Default 0. */
  seed?: number;
}

export interface SourceOptions<T = unknown> extends LinkOptions<T> {
  /** Times through the source, 1 or more. Default 1. */
  epochs?: number;
  /**
   * 'full': position i of epoch e is a permutation keyed by (seed, epoch); 'blocks': the same for disks that hate random
   * reads; 'none': the source's own order; or a sampling, such as `identities({ people: 16, images: 4 })`. Default 'none'.
   */
  shuffle?: Shuffle;
  /** Where to begin, to resume a run: samples before it are not given again. */
  from?: { epoch: number; position: number };
  /** Items asked for in one read, where the source has random access. Default 32, at most half the capacity. */
  chunk?: number;
}

export interface PipeOptions<T = unknown> extends LinkOptions<T> {
  /** What a stock RxJS operator does not say about itself: { gives: 3 } for one that emits up to three items for each. */
  label?: Partial<Label>;
}

export interface JoinOptions<T = unknown> extends LinkOptions<T> {
  /** Right items for each left one, 1 or more. */
  take: number;
}

export interface MergeOptions<T = unknown> extends LinkOptions<T> {
  /** Items of each inlet in a round, this flow first: whole numbers, 1 or more. Default 1 each. */
  rates?: readonly number[];
  /**
   * True: whose turn it is is waited for, and what comes out never depends on timing. False: who has nothing just now is
   * passed over, for branches that drop or multiply items. Default true.
   */
  ordered?: boolean;
}

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
  /** That point. */
  readonly end: Inlet;
  /**
   * Puts a stage here and goes on behind it. `name` keys the stage's randomness and is unique in the graph.
   * `capacity` is that of the link after it, default 16.
   */
  pipe<O>(name: string, stage: Stage<T, O> | OperatorFunction<T, O>, options?: PipeOptions<O>): Flow<O>;
  /** Puts a sink here. Several sinks at one point all get every item; the slowest rules. */
  sink(name: string, sink: Sink<T>): Flow<T>;
  /**
   * Puts the next `take` items of another flow beside each item of this one: `[left, right[]]`. Done when either side is;
   * what is left of the other is dropped. A flow is a value: the right one may have sources of its own, or begin at a
   * point of this graph. `capacity` is that of the link after it, default 16.
   *
   *     left   --a-------b---------|
   *     right  -1--2--3----4-------|
   *            left.join('pairs', right, { take: 2 })
   *     out    ----a12-----b34-----|
   */
  join<R>(name: string, right: Flow<R>, options: JoinOptions<[T, R[]]>): Flow<[T, R[]]>;
  /**
   * Makes one flow of this and others, in turns; done when all are, and who has ended is left out.
   *
   *     this   --a-----b---c-------|
   *     other  -1--2-------------3-|
   *            this.merge('both', [other])
   *     out    --a1----b2--c-----3-|
   */
  merge<U = T>(name: string, others: readonly Flow<U>[], options?: MergeOptions<T | U>): Flow<T | U>;
  /** Branches at this point: each gets every item, the slowest rules. */
  broadcast(branches: Record<string, (branch: Flow<T>) => Graph>): Graph;
}

export interface GraphStart extends Graph {
  /** Puts a source. `capacity` is that of the link after it, default 64. */
  source<T>(name: string, source: Source<T>, options?: SourceOptions<NoInfer<T>>): Flow<T>;
}

const SOURCE_CAPACITY = 64;
const STAGE_CAPACITY = 16;
const CHUNK = 32;

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
    source: (at, source, more) => flow(name, seed, [sourceNode(at, source, more)], { after: at }),
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

function flow<T>(name: string, seed: number, nodes: readonly Node[], end: Inlet): Flow<T> {
  const join = <O>(as: string, rule: JunctionNode['rule'], others: readonly Flow<unknown>[], options: LinkOptions) => {
    const all = new Set([nodes, ...others.map((other) => other.nodes)].flat());
    const inlets = [end, ...others.map((other) => other.end)];
    const node: JunctionNode = { kind: 'junction', name: as, inlets, rule, ...link(options, STAGE_CAPACITY) };
    return flow<O>(name, seed, [...all, node], { after: as });
  };
  return {
    ...value(name, seed, nodes),
    end,
    pipe<O>(as: string, stage: Stage<T, O> | OperatorFunction<T, O>, options: PipeOptions<O> = {}): Flow<O> {
      const own = 'label' in stage ? stage.label : undefined;
      const node: StageNode = {
        kind: 'stage',
        name: as,
        ...end,
        stage: stage as StageNode['stage'],
        label: { ...STOCK_LABEL, ...own, ...options.label },
        ...link(options, STAGE_CAPACITY),
      };
      return flow(name, seed, [...nodes, node], { after: as });
    },
    sink(as: string, sink: Sink<T>): Flow<T> {
      const node: SinkNode = { kind: 'sink', name: as, ...end, sink: sink as Sink<unknown> };
      return flow(name, seed, [...nodes, node], end);
    },
    join: (as, right, options) => join(as, { kind: 'join', take: options.take }, [right], options),
    merge: (as, others, options = {}) => {
      const { rates = [1, ...others.map(() => 1)], ordered = true } = options;
      return join(as, { kind: 'merge', rates, ordered }, others, options);
    },
    broadcast(branches): Graph {
      let all = nodes;
      for (const [branch, build] of Object.entries(branches))
        all = build(flow(name, seed, all, { after: end.after, branch })).nodes;
      return value(name, seed, all);
    },
  };
}

function link({ capacity, bytes = Infinity, discard }: LinkOptions<never>, otherwise: number): Linked {
  return { capacity: capacity ?? otherwise, bytes, ...(discard && { discard }) };
}

function sourceNode(name: string, source: Source<unknown>, options: SourceOptions = {}): SourceNode {
  const behind = link(options, SOURCE_CAPACITY);
  return {
    kind: 'source',
    name,
    source,
    ...behind,
    epochs: options.epochs ?? 1,
    shuffle: options.shuffle ?? 'none',
    from: options.from ?? { epoch: 0, position: 0 },
    chunk: options.chunk ?? Math.max(1, Math.min(CHUNK, behind.capacity >> 1)),
  };
}
