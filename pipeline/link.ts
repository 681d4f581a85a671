import type { Actor } from './actor.ts';
import { sizeOf } from './describe.ts';
import type { LinkOptions } from './nodes.ts';
import type { LinkReport } from './report.ts';

/**
 * The bounded queue between two actors: a ring of `capacity` items and at most `bytes` bytes.
 *
 * It never calls anybody directly: it wakes the actor on the other side, which runs when this one is done, so the stack stays flat.
 */
export class Link<T> {
  readonly capacity: number;
  readonly bytes: number;
  /** Told every item that is dropped: whoever pools what it holds takes it back. */
  readonly #discard: LinkOptions<T>['discard'];
  /** Most items it has held. */
  peak = 0;
  /** Items dropped because the reader wanted no more. */
  discarded = 0;
  /** The writer gives no more. */
  completed = false;
  /** The reader takes no more. */
  cancelled = false;
  #ring: (T | undefined)[];
  #mask: number;
  #head = 0;
  #size = 0;
  #held = 0;
  #writer: Actor | undefined;
  #reader: Actor | undefined;

  constructor(capacity: number, bytes = Infinity, discard?: LinkOptions<T>['discard']) {
    this.capacity = capacity;
    this.bytes = bytes;
    this.#discard = discard;
    // A ring of a power of two wraps with a mask. It grows as far as it is used: capacities are often generous.
    this.#ring = Array.from({ length: 16 });
    this.#mask = 15;
  }

  /** Who is woken when there is something to read, and when there is room again. */
  between(writer: Actor | undefined, reader: Actor | undefined): void {
    this.#writer = writer;
    this.#reader = reader;
    if (writer !== undefined) writer.link = this;
  }

  /** How full it is. */
  report(): LinkReport {
    const capacity = this.capacity === Infinity ? null : this.capacity;
    return { capacity, held: this.#size, peak: this.peak };
  }

  get size(): number {
    return this.#size;
  }

  /** Items there is room for, bytes aside; all of them once the reader has cancelled. */
  get room(): number {
    return this.cancelled ? this.capacity : this.capacity - this.#size;
  }

  /** No item more fits, by number or by bytes. */
  get full(): boolean {
    return this.#size >= this.capacity || (this.#size > 0 && this.#held >= this.bytes);
  }

  /** Nothing is left to read, and nothing will come. */
  get ended(): boolean {
    return this.completed && this.#size === 0;
  }

  /** Takes the item, or says false where it does not fit. A cancelled link takes everything and keeps nothing. */
  offer(item: T): boolean {
    if (this.cancelled) {
      this.drop(item);
      return true;
    }
    const size = this.#size;
    if (size >= this.capacity) return false;
    if (this.bytes !== Infinity) {
      const bytes = sizeOf(item);
      if (size > 0 && this.#held + bytes > this.bytes) return false;
      this.#held += bytes;
    }
    if (size > this.#mask) this.#grow();
    this.#ring[(this.#head + size) & this.#mask] = item;
    this.#size = size + 1;
    if (this.#size > this.peak) this.peak = this.#size;
    this.#reader?.wake();
    return true;
  }

  /** The oldest item, left where it is. Only while `size` is above zero. */
  peek(): T {
    return this.#ring[this.#head] as T;
  }

  /** The oldest item. Only while `size` is above zero. */
  take(): T {
    const head = this.#head;
    const item = this.#ring[head] as T;
    this.#ring[head] = undefined;
    this.#head = (head + 1) & this.#mask;
    this.#size--;
    if (this.bytes !== Infinity) this.#held -= sizeOf(item);
    this.#writer?.wake();
    return item;
  }

  /** The writer is done. */
  complete(): void {
    this.completed = true;
    this.#reader?.wake();
  }

  /** An item that is nobody's any more: here, or taken from here or meant for here and not used. */
  drop(item: T): void {
    this.discarded++;
    this.#discard?.(item);
  }

  /** The reader is done: what is here is dropped and the writer learns of it. */
  cancel(): void {
    if (this.cancelled) return;
    this.cancelled = true;
    while (this.#size > 0) this.drop(this.take());
    this.#ring = [];
    this.#writer?.wake();
  }

  #grow(): void {
    const old = this.#ring;
    const ring: (T | undefined)[] = Array.from({ length: old.length * 2 });
    for (let i = 0; i < this.#size; i++) ring[i] = old[(this.#head + i) & this.#mask];
    this.#ring = ring;
    this.#mask = ring.length - 1;
    this.#head = 0;
  }
}
