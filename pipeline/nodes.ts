import type { OperatorFunction } from 'rxjs';
import type { Label, Sink, Source, Stage } from './contracts.ts';
import type { Shuffle } from './sampler.ts';

/** Capacity of the link that follows: it bounds what is in flight there. */
export interface LinkOptions<T = unknown> {
  /** Items, 1 or more. */
  capacity?: number;
  /** Bytes, where items know their size; an empty link admits one item whatever its size. */
  bytes?: number;
  /**
   * Told, once, every item behind this point that is dropped because the run ends early or nobody wants more, so that
   * what it holds can go back to a pool. Before and behind a broadcast: once for each branch that does not get it.
   */
  discard?(item: T): void;
}

/** The link behind a node. */
export interface Linked extends LinkOptions {
  capacity: number;
  bytes: number;
}

export interface SourceNode extends Linked {
  kind: 'source';
  name: string;
  source: Source<unknown>;
  epochs: number;
  shuffle: Shuffle;
  from: { epoch: number; position: number };
  chunk: number;
}

/** What a node takes its items from. */
export interface Inlet {
  /** Name of the node before. */
  after: string;
  /** Name of the branch that begins here, where a broadcast named it. */
  branch?: string;
}

export interface StageNode extends Inlet, Linked {
  kind: 'stage';
  name: string;
  stage: OperatorFunction<unknown, unknown> & Partial<Stage<unknown, unknown>>;
  label: Label;
}

export interface SinkNode extends Inlet {
  kind: 'sink';
  name: string;
  sink: Sink<unknown>;
}

export interface JoinRule {
  kind: 'join';
  take: number;
}

export interface MergeRule {
  kind: 'merge';
  rates: readonly number[];
  ordered: boolean;
}

/** Where flows become one. */
export interface JunctionNode extends Linked {
  kind: 'junction';
  name: string;
  inlets: readonly Inlet[];
  rule: JoinRule | MergeRule;
}

export type Node = SourceNode | StageNode | JunctionNode | SinkNode;

/** What is taken for granted of an operator that says nothing about itself. */
export const STOCK_LABEL: Label = { in: 'item', out: 'item', keeps: 'order', asks: 1, gives: 1, holds: 0 };

/** What a node takes its items from: nothing, one node, or for a junction several. */
export function inletsOf(node: Node): readonly Inlet[] {
  if (node.kind === 'source') return [];
  return node.kind === 'junction' ? node.inlets : [node];
}

/** The nodes that take what `name` gives, one entry for every inlet. */
export function takersOf(nodes: readonly Node[], name: string): Node[] {
  return nodes.flatMap((node) => inletsOf(node).flatMap(({ after }) => (after === name ? [node] : [])));
}

/** What a node gives, as the drawing names it. */
export function outOf(node: Node, nodes: readonly Node[]): string {
  if (node.kind === 'stage') return node.label.out;
  if (node.kind !== 'junction') return 'item';
  const outs = node.inlets.map(({ after }) => {
    const before = nodes.find(({ name }) => name === after);
    return before === undefined ? 'item' : outOf(before, nodes);
  });
  return node.rule.kind === 'join' ? `${outs[0]} + ${node.rule.take} ${outs[1]}` : [...new Set(outs)].join(' | ');
}
