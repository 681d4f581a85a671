import type { OperatorFunction } from 'rxjs';
import type { Key, Sample } from './items.ts';

/** A record that could not be used: counted, reported, replaced by a substitute; never skipped silently. */
export interface Fault {
  stage: string;
  /** File the record lies in. */
  file: string;
  /** Bytes from the start of `file`, where known. */
  offset?: number;
  /** Index in the source, where known. */
  index?: number;
  /** Where its item stands in the training, for faults met while items move. */
  epoch?: number;
  position?: number;
  /** Index in the source of the record that was put in its place; where that one is broken too the next fault says so. */
  substitute?: number;
  reason: string;
}

/** What a stage takes and gives, and how many items it may hold; the wiring check and the drawing read it. */
export interface Label {
  /** Item taken, as the drawing names it: 'Sample'. */
  in: string;
  out: string;
  /** What stays true: 'order', 'count', ... */
  keeps: string;
  /** Items that must be in flight before it (its links and workers) for it ever to emit; batch(n): n. */
  asks: number;
  /** Most items out per item in. */
  gives: number;
  /** Items it may hold; batch(n): n - 1. */
  holds: number;
  /** Source items one item out stands for; batch(n): n. Default 1. */
  items?: number;
}

export interface StageContext {
  /** Name of the stage in the graph. */
  stage: string;
  seed: number;
  signal: AbortSignal;
  fault(fault: Fault): void;
  /** A sample in the place of a broken one, drawn by (seed, key, attempt) from the same source. */
  substitute(key: Key, attempt: number): Promise<Sample>;
  /** The fault with the file and byte its record lies at, where the source can say; one that has its byte is left as it is. */
  locate?(fault: Fault): Fault;
}

/** Arrays that make a state, by name. Readable without an engine; written as safetensors. */
export type StateMap = Record<string, StateArray>;
export interface StateArray {
  shape: readonly number[];
  data: Float32Array | Int32Array | Float64Array | Uint8Array;
}

/** A stage: an ordinary pipeable RxJS operator that says what it is. */
export interface Stage<I, O> extends OperatorFunction<I, O> {
  label: Label;
  /** Where present the graph runs this instead: it knows the stage's name, seed and signal. */
  wire?(context: StageContext): OperatorFunction<I, O>;
  state?: { save(): StateMap; load(state: StateMap): void };
}

/** Where items come from: pulled in chunks. Imports no rxjs. */
export interface Source<T> {
  readonly name: string;
  /** Builds indexes; afterwards `length`, `classes` and `faults` are known. Idempotent; the graph calls it. */
  open?(): Promise<void>;
  close?(): Promise<void>;
  readonly length?: number;
  /** Name of class i, for sources with people. */
  readonly classes?: readonly string[];
  /** Class of each item, -1 for nobody's, for sources with people; samplers that choose by person read it. */
  readonly labels?: Int32Array;
  /** Records found unusable while the index was built. */
  readonly faults?: readonly Fault[];
  /** Random access: the items at these indexes, in this order. */
  read?(at: Int32Array): T[] | Promise<T[]>;
  /** Where record i lies: its file and, in an archive, the byte it begins at. */
  place?(index: number): { file: string; offset?: number };
  /** Everything once, in the source's own order. */
  [Symbol.asyncIterator](): AsyncIterator<T[]>;
}

/** How a run ended. */
export type Outcome = { kind: 'complete' } | { kind: 'aborted'; reason: unknown } | { kind: 'failed'; error: unknown };

/** Where items go: one write in flight. */
export interface Sink<T> {
  open(context: StageContext): Promise<void>;
  write(item: T): void | Promise<void>;
  close(end: Outcome): Promise<void>;
}
