import type { Fault, Outcome, Sink } from './contracts.ts';

/** How full the link after a node is. */
export interface LinkReport {
  /** Items it may hold; null where only its bytes are bounded. */
  capacity: number | null;
  /** Items in it now, and most at once so far. */
  held: number;
  peak: number;
}

/** What one node of a graph has done so far. */
export interface NodeReport {
  name: string;
  kind: 'source' | 'stage' | 'sink';
  /** Items given; for a sink: written. */
  items: number;
  /** Items dropped from the link in front of it because the run ended or it wanted no more. */
  discarded: number;
  /** Seconds at work, waiting for an item, and waiting for room downstream. */
  seconds: { busy: number; starved: number; blocked: number };
  /** The link after it; a sink has none. */
  link?: LinkReport;
}

/** How a run stands, or ended. */
export interface RunReport {
  graph: string;
  outcome: Outcome | undefined;
  seconds: number;
  nodes: NodeReport[];
  /** Node that the run waited for longest, work beside that of others not counted: making it faster makes the run faster. */
  limiting: string;
  /** Broken records: how many, and the first thousand of them. */
  faults: { count: number; list: readonly Fault[] };
}

/**
 * Over this the run stops: more than `count` faults of one stage and more than `rate` for each item that stage has given;
 * of an index, for each of its records.
 */
export interface FaultBudget {
  /** Default 16. */
  count: number;
  /** Fraction in [0, 1]. Default 0.01. */
  rate: number;
}

/** The budget of every stage, and other ones for those named in `stages`. */
export interface FaultBudgets extends FaultBudget {
  stages: Readonly<Record<string, Partial<FaultBudget>>>;
}

export interface RunOptions {
  /** Aborted: the run ends at once, what is in flight is discarded, sinks close with 'aborted', `run` rejects with the reason. */
  signal?: AbortSignal;
  /**
   * Aborted: stages take nothing more and complete after the item they are at, what has reached the sinks is written,
   * sinks close with 'aborted', and `run` resolves.
   */
  stop?: AbortSignal;
  /** Told how the run stands, about twice a second while items move. */
  onProgress?: (report: RunReport) => void;
  faults?: Partial<FaultBudgets>;
  /** Gets every fault as it is met, before the item goes on; opened before the sources, closed after them. */
  quarantine?: Sink<Fault>;
}
