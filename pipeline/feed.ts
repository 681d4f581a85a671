import { Actor, type Life, type Waits } from './actor.ts';
import type { Fault } from './contracts.ts';
import { FormatError, OptionError, StageError } from './errors.ts';
import type { SourceNode } from './graph.ts';
import type { Key } from './items.ts';
import { keyed } from './keyed.ts';
import type { Link } from './link.ts';
import { samplingOf, type Sampler } from './sampler.ts';

/**
 * Pulls one source, a chunk at a time, while its link has room for the chunk, and keys what it gives with epoch and position.
 * Where the source has random access a sampler says which item stands at each position; else it is walked from its beginning.
 */
export class Feed<T> extends Actor {
  readonly #node: SourceNode;
  readonly #outlet: Link<T>;
  readonly #seed: number;
  /** Items of one read: never more than the link holds. */
  readonly #size: number;
  #epoch: number;
  #position: number;
  /** Where the source has random access; known once it is open. */
  #sampler: Sampler | undefined;
  #walk: AsyncIterator<unknown[]> | undefined;
  /** Items to pass over in this walk: those before the point a run was resumed at. */
  #skip = 0;
  #chunk: readonly T[] = [];
  #at = 0;
  #reading: Promise<void> | undefined;

  constructor(node: SourceNode, outlet: Link<T>, seed: number, life: Life) {
    super(node.name, 'source', life);
    this.#node = node;
    this.#outlet = outlet;
    this.#seed = seed;
    this.#size = Math.min(node.chunk, outlet.capacity);
    this.#epoch = node.from.epoch;
    this.#position = node.from.position;
  }

  get discarded(): number {
    return 0;
  }

  /** Once the source is open: what only then is known. A run resumed at the end of an epoch goes on with the next. */
  check(): void {
    const { name, source, shuffle } = this.#node;
    const { read, length, labels } = source;
    if (read === undefined || length === undefined) {
      if (shuffle === 'none') return;
      throw new OptionError(name, 'shuffle', `'none': ${source.name} has no random access`, shuffle);
    }
    const seen = { name: source.name, length, ...(labels && { labels }) };
    this.#sampler = length === 0 ? undefined : samplingOf(shuffle)(seen, [this.#seed, name]);
    if (this.#position >= (this.#sampler?.length ?? 0)) this.#turn();
  }

  protected work(): Waits {
    for (;;) {
      if (this.life.over) return 'starved';
      if (this.#outlet.cancelled || this.life.stopping) return this.#end();
      while (this.#at < this.#chunk.length) {
        if (!this.#outlet.offer(this.#chunk[this.#at]!)) return 'blocked';
        this.#at++;
        this.items++;
      }
      // While the next stage still has items this one keeps nobody waiting.
      if (this.#reading !== undefined) return this.#outlet.size > 0 ? 'blocked' : 'busy';
      if (this.#epoch >= this.#node.epochs || this.#node.source.length === 0) return this.#end();
      if (this.#outlet.full || this.#outlet.room < this.#size) return 'blocked';
      this.#pull();
      if (this.late()) return 'busy';
    }
  }

  async release(): Promise<void> {
    await this.#reading;
    this.#drop();
    await this.#walk?.return?.();
  }

  /** An item in the place of a broken one: drawn from the whole source by (seed, key, attempt). */
  async substitute(key: Key, attempt: number): Promise<T> {
    const { source, name } = this.#node;
    if (source.read === undefined || !source.length)
      throw new StageError(
        name,
        undefined,
        new Error('has no random access: nothing can take the place of a broken record'),
      );
    const index = keyed(this.#seed, name, 'substitute', key.epoch, key.position, attempt) % source.length;
    const [item] = await source.read(Int32Array.of(index));
    return place(item, { epoch: key.epoch, position: key.position, index }) as T;
  }

  /** The fault at the place of its record; in an archive the reason keeps the name of the record, else the file has it. */
  locate(fault: Fault): Fault {
    if (fault.offset !== undefined || fault.index === undefined) return fault;
    const at = this.#node.source.place?.(fault.index);
    if (at === undefined) return fault;
    return { ...fault, ...at, reason: at.offset === undefined ? fault.reason : `'${fault.file}': ${fault.reason}` };
  }

  #end(): Waits {
    this.#drop();
    this.#outlet.complete();
    return 'done';
  }

  /** What was read and not yet given. */
  #drop(): void {
    for (const item of this.#chunk.slice(this.#at)) this.#outlet.drop(item);
    this.#chunk = [];
    this.#at = 0;
  }

  #pull(): void {
    try {
      const { source } = this.#node;
      const indexes = this.#sampler && this.#indexes(this.#sampler);
      const chunk = indexes === undefined ? this.#further() : source.read!(indexes);
      if (Array.isArray(chunk)) return this.#receive(chunk, indexes);
      this.#reading = chunk
        .then((items) => {
          this.#reading = undefined;
          if (items === undefined) this.#endWalk();
          else this.#receive(items, indexes);
          this.wake();
        })
        .catch((error: unknown) => this.#fail(error));
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Indexes of the next chunk; a chunk ends with its epoch. */
  #indexes(sampler: Sampler): Int32Array {
    const n = Math.min(this.#size, sampler.length - this.#position);
    return Int32Array.from({ length: n }, (_, i) => sampler.at(this.#epoch, this.#position + i));
  }

  async #further(): Promise<unknown[] | undefined> {
    if (this.#walk === undefined) {
      this.#walk = this.#node.source[Symbol.asyncIterator]();
      this.#skip = this.#position;
      this.#position = 0;
    }
    const next = await this.#walk.next();
    return next.done ? undefined : next.value;
  }

  #receive(items: readonly unknown[], indexes: Int32Array | undefined): void {
    if (indexes !== undefined && items.length !== indexes.length)
      throw new FormatError(
        this.#node.source.name,
        undefined,
        `${indexes.length} items for as many indexes`,
        items.length,
      );
    const epoch = this.#epoch;
    const keyedItems: T[] = [];
    for (let i = 0; i < items.length; i++, this.#position++) {
      if (this.#position < this.#skip) continue;
      keyedItems.push(place(items[i], { epoch, position: this.#position, index: indexes?.[i] }) as T);
    }
    this.#chunk = keyedItems;
    this.#at = 0;
    if (indexes !== undefined && this.#position >= this.#sampler!.length) this.#turn();
  }

  /** A walk is over; one that gave nothing would give nothing for ever. */
  #endWalk(): void {
    if (this.#position === 0) this.#epoch = this.#node.epochs;
    else this.#turn();
  }

  /** On to the next epoch. */
  #turn(): void {
    this.#epoch++;
    this.#position = 0;
    this.#walk = undefined;
    this.#skip = 0;
  }

  #fail(error: unknown): void {
    this.life.fail(new StageError(this.name, `epoch ${this.#epoch}, position ${this.#position}`, error));
  }
}

/** A plain item with its key, in a copy: the source may give the same object again. Where the source numbers its items itself, its index stays. */
function place(item: unknown, key: { epoch: number; position: number; index: number | undefined }): unknown {
  if (typeof item !== 'object' || item === null || Object.getPrototypeOf(item) !== Object.prototype) return item;
  const own = (item as Partial<Key>).index;
  return { ...item, epoch: key.epoch, position: key.position, index: key.index ?? own ?? key.position };
}
