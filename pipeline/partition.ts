import { Observable, type OperatorFunction, Subject, type Subscriber } from 'rxjs';
import type { Label, Stage, StageContext } from './contracts.ts';
import { isCrewStage } from './crew.ts';
import { OptionError } from './errors.ts';
import { STOCK_LABEL } from './nodes.ts';

export interface PartitionOptions {
  /** Keys held at once, 1 or more: what a key has gathered when it must make room is given then. */
  keys: number;
  /** What a stock RxJS operator does not say about itself. */
  label?: Partial<Label>;
}

type Made<I, O> = Stage<I, O> | OperatorFunction<I, O>;

/**
 * Gives every key a stage of its own, for a bounded number of keys: beyond it the key that was longest without an item is
 * completed, and begins anew should it come again.
 *
 *     in   --a1--b1--a2--c1-----|
 *          partition(first letter, () => bufferCount(2), { keys: 2 })
 *     out  ----------a1a2-b1-c1-|      c1 takes the place of b
 *
 * ```ts
 * const people = flow.pipe('people', partition(({ label }) => label, () => batch(4, { partial: 'keep' }), { keys: 64 }));
 * ```
 *
 * What is held is in the label: `keys` times what one stage holds. Order is that of the items within a key.
 *
 * @param by the key of an item
 * @param stage a fresh synchronous stage for a key
 * @throws OptionError for `keys` below 1, and for a stage that takes its time
 */
export function partition<I, O>(
  by: (item: I) => string | number,
  stage: () => Made<I, O>,
  options: PartitionOptions,
): Stage<I, O> {
  const { keys } = options;
  if (!(Number.isInteger(keys) && keys >= 1)) throw new OptionError('partition', 'keys', 'a whole number, 1 or more', keys); // prettier-ignore
  const one = stage();
  if (isCrewStage(one)) throw new OptionError('partition', 'stage', 'one that takes no time of its own', 'a stage that does'); // prettier-ignore
  const each = { ...STOCK_LABEL, ...('label' in one ? one.label : {}), ...options.label };
  const { gives, holds, items = 1 } = each;
  const operator = (make: () => OperatorFunction<I, O>): OperatorFunction<I, O> => {
    return (source) =>
      new Observable((to) => {
        const held = new Held(keys, make, to);
        to.add(source.subscribe({ next: (item) => held.next(by(item), item), error: (error) => to.error(error), complete: () => held.complete() })); // prettier-ignore
      });
  };
  return Object.assign(operator(stage), {
    // The item that takes a key's place brings out what that key had gathered as well.
    label: { ...each, keeps: 'order of each key', gives: gives + Math.ceil(holds / items), holds: keys * holds },
    wire: (context: StageContext) =>
      operator(() => {
        const made = stage();
        return 'wire' in made && made.wire !== undefined ? made.wire(context) : made;
      }),
  });
}

/** The keys at hand, the one longest without an item first. */
class Held<I, O> {
  readonly #keys: number;
  readonly #make: () => OperatorFunction<I, O>;
  readonly #to: Subscriber<O>;
  readonly #open = new Map<string | number, Subject<I>>();

  constructor(keys: number, make: () => OperatorFunction<I, O>, to: Subscriber<O>) {
    this.#keys = keys;
    this.#make = make;
    this.#to = to;
  }

  next(key: string | number, item: I): void {
    let items = this.#open.get(key);
    if (items === undefined) {
      if (this.#open.size === this.#keys) this.#close([...this.#open.keys()][0]!);
      items = new Subject();
      this.#to.add(this.#make()(items).subscribe({ next: (out) => this.#to.next(out), error: (error) => this.#to.error(error) })); // prettier-ignore
    } else this.#open.delete(key);
    this.#open.set(key, items);
    items.next(item);
  }

  complete(): void {
    for (const key of this.#open.keys()) this.#close(key);
    this.#to.complete();
  }

  #close(key: string | number): void {
    const items = this.#open.get(key)!;
    this.#open.delete(key);
    items.complete();
  }
}
