import type { Fault } from './contracts.ts';
import { StageError } from './errors.ts';
import type { FaultBudget } from './report.ts';

/** Faults kept one by one; the rest is only counted. */
const KEPT = 1000;

/** The broken records of a run, and the budget for them. */
export class Faults {
  count = 0;
  readonly list: Fault[] = [];
  readonly #budget: FaultBudget;
  /** Those met while items move: an index has its own reckoning, against its own length. */
  #running = 0;
  readonly #fail: (error: unknown) => void;

  constructor(budget: Partial<FaultBudget> | undefined, fail: (error: unknown) => void) {
    this.#budget = { count: 16, rate: 0.01, ...budget };
    this.#fail = fail;
  }

  /** One more, after `items` items were read. */
  add(fault: Fault, items: number): void {
    this.#keep(fault);
    this.#check(fault, ++this.#running, items);
  }

  /** Those a source found while it built its index of `length` records. */
  indexed(source: string, faults: readonly Fault[], length: number | undefined): void {
    for (const fault of faults) this.#keep({ ...fault, stage: source });
    const last = this.list.at(-1);
    if (last !== undefined) this.#check(last, faults.length, (length ?? 0) + faults.length);
  }

  #keep(fault: Fault): void {
    this.count++;
    if (this.list.length < KEPT) this.list.push(fault);
  }

  #check(last: Fault, faults: number, items: number): void {
    const { count, rate } = this.#budget;
    if (faults <= count || faults <= rate * items) return;
    const place = last.offset === undefined ? last.file : `${last.file}, byte ${last.offset}`;
    const reason = `${faults} of ${items} records could not be used, over the budget of ${count} and ${rate * 100} %; the last: ${place}: ${last.reason}`;
    this.#fail(new StageError(last.stage, undefined, new Error(reason)));
  }
}
