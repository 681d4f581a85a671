import type { Fault } from './contracts.ts';
import { describeFault } from './describe.ts';
import { StageError } from './errors.ts';
import type { FaultBudget } from './report.ts';

/** Faults kept one by one; the rest is only counted. */
const KEPT = 1000;

/** The broken records of a run, and the budget for them. */
export class Faults {
  count = 0;
  readonly list: Fault[] = [];
  readonly #budget: FaultBudget;
  /** Those met while items move, by stage; an index has its own reckoning, against its own length. */
  readonly #met = new Map<string, number>();
  readonly #fail: (error: unknown) => void;

  constructor(budget: Partial<FaultBudget> | undefined, fail: (error: unknown) => void) {
    this.#budget = { count: 16, rate: 0.01, ...budget };
    this.#fail = fail;
  }

  /** One more of a stage, at the last of its first `items` items: how far others are, and so the timing, has no say. */
  add(fault: Fault, items: number): void {
    this.#keep(fault);
    const met = (this.#met.get(fault.stage) ?? 0) + 1;
    this.#met.set(fault.stage, met);
    this.#check(fault, met, items);
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
    const reason = `${faults} of ${items} records could not be used, over the budget of ${count} and ${rate * 100} %; the last: ${describeFault(last)}`;
    this.#fail(new StageError(last.stage, undefined, new Error(reason)));
  }
}
