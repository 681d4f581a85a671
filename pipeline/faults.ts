import type { Fault, Outcome, Sink, StageContext } from './contracts.ts';
import { describeFault } from './describe.ts';
import { OptionError, StageError } from './errors.ts';
import type { FaultBudget, FaultBudgets, RunOptions } from './report.ts';

/** Faults kept one by one; the rest is only counted. */
const KEPT = 1000;
const BUDGET: FaultBudget = { count: 16, rate: 0.01 };

/** The broken records of a run, the budgets for them, and the list that keeps them. */
export class Faults {
  count = 0;
  readonly list: Fault[] = [];
  readonly #budgets: Partial<FaultBudgets>;
  readonly #quarantine: Sink<Fault> | undefined;
  /** Those met while items move, by stage; an index has its own reckoning, against its own length. */
  readonly #met = new Map<string, number>();
  readonly #fail: (error: unknown) => void;
  /** All that the quarantine was given has been written; rejects with what a write failed with. */
  #written: Promise<void> = Promise.resolve();

  /** @throws OptionError for a budget out of range, or for a node that is not there */
  constructor(
    { faults, quarantine }: Pick<RunOptions, 'faults' | 'quarantine'>,
    nodes: readonly { name: string }[],
    fail: (error: unknown) => void,
  ) {
    this.#budgets = faults ?? {};
    this.#quarantine = quarantine;
    this.#fail = fail;
    const { stages = {}, ...all } = this.#budgets;
    inRange('faults', all);
    for (const [name, budget] of Object.entries(stages)) {
      if (!nodes.some((node) => node.name === name))
        throw new OptionError('run', 'faults.stages', `nodes of the graph (${nodes.map((node) => node.name).join(', ')})`, name); // prettier-ignore
      inRange(`faults.stages.${name}`, budget);
    }
  }

  /** The life of the quarantine: open before anything can be found wrong, closed when all is written. */
  scope(context: StageContext): { name: string; open(): Promise<void>; close(end: Outcome): Promise<void> } {
    const sink = this.#quarantine;
    return {
      name: context.stage,
      open: async () => sink?.open(context),
      close: (end) => this.#written.finally(() => sink?.close(end)),
    };
  }

  /** One more of a stage, at the last of its first `items` items: how far others are, and so the timing, has no say. */
  add(fault: Fault, items: number): void {
    this.#keep(fault);
    const met = (this.#met.get(fault.stage) ?? 0) + 1;
    this.#met.set(fault.stage, met);
    this.#spend(fault, met, items);
  }

  /** Those a source found while it built its index of `length` records. */
  indexed(source: string, faults: readonly Fault[], length: number | undefined): void {
    for (const fault of faults) this.#keep({ ...fault, stage: source });
    const last = faults.at(-1);
    if (last !== undefined) this.#spend({ ...last, stage: source }, faults.length, (length ?? 0) + faults.length);
  }

  #keep(fault: Fault): void {
    this.count++;
    if (this.list.length < KEPT) this.list.push(fault);
    const sink = this.#quarantine;
    if (sink === undefined) return;
    // One write in flight, and nobody waits for it but the end of the run.
    this.#written = this.#written.then(() => sink.write(fault));
    this.#written.catch((error: unknown) => this.#fail(new StageError('quarantine', undefined, error)));
  }

  #spend(last: Fault, faults: number, items: number): void {
    const { count, rate } = { ...BUDGET, ...this.#budgets, ...this.#budgets.stages?.[last.stage] };
    if (faults <= count || faults <= rate * items) return;
    const reason = `${faults} of ${items} records could not be used, over the budget of ${count} and ${rate * 100} %; the last: ${describeFault(last)}`;
    this.#fail(new StageError(last.stage, undefined, new Error(reason)));
  }
}

function inRange(where: string, { count, rate }: Partial<FaultBudget>): void {
  if (count !== undefined && !(count >= 0)) throw new OptionError('run', `${where}.count`, '0 or more', count);
  if (rate !== undefined && !(rate >= 0 && rate <= 1))
    throw new OptionError('run', `${where}.rate`, 'a fraction in [0, 1]', rate);
}
