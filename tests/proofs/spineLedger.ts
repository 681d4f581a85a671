import type { Pace } from './spinePlan.ts';

/** One item of the random graphs: the source items it stands for, and where it stands in its lane, which keeps its order. */
export interface Token {
  ids: readonly number[];
  lane: string;
  at: number;
}

/** Follows every source item through a graph, from outside: nothing here trusts the graph's own counts. */
export class Ledger {
  /** Copies of each source item that are on their way. */
  readonly live = new Map<number, number>();
  peak = 0;
  entered = 0;
  /** Copies that ended, by how. */
  readonly ended = { written: 0, dropped: 0, failed: 0, discarded: 0 };
  copies = 0;
  /** Calls under way: reads, stages, writes. */
  working = 0;

  enter(id: number): void {
    if (this.live.has(id)) throw new Error(`${id} came twice`);
    this.live.set(id, 1);
    this.entered++;
    this.copies++;
    this.peak = Math.max(this.peak, this.live.size);
  }

  copy(token: Token, more: number): void {
    for (const id of token.ids) this.live.set(id, this.left(id) + more);
    this.copies += more * token.ids.length;
  }

  end(token: Token, how: keyof Ledger['ended']): void {
    for (const id of token.ids) {
      const left = this.left(id) - 1;
      if (left === 0) this.live.delete(id);
      else this.live.set(id, left);
      this.ended[how]++;
    }
  }

  /** Calls what takes its time, and counts it while it does. */
  async during<T>(pace: Pace, then: () => T): Promise<T> {
    this.working++;
    try {
      await (pace === 'turn' ? new Promise((resolve) => setImmediate(resolve)) : undefined);
      return then();
    } finally {
      this.working--;
    }
  }

  private left(id: number): number {
    const copies = this.live.get(id);
    if (copies === undefined) throw new Error(`${id} went on after its end`);
    return copies;
  }
}
