interface Entry<T> {
  weight: number;
  value: T | undefined;
  settled: boolean;
}

/** What is under way at once: values come out in the order they were entered, or as they settle. */
export class Window<T> {
  readonly #ordered: boolean;
  readonly #entries: Entry<T>[] = [];

  constructor(ordered: boolean) {
    this.#ordered = ordered;
  }

  /** Entries not yet taken. */
  get size(): number {
    return this.#entries.length;
  }

  /** Enters something of `weight` items; the returned function says what became of it. */
  enter(weight: number): (value: T) => void {
    const entry: Entry<T> = { weight, value: undefined, settled: false };
    this.#entries.push(entry);
    return (value) => {
      entry.value = value;
      entry.settled = true;
    };
  }

  /** The next settled value, or undefined where none may come out yet. */
  take(): { value: T; weight: number } | undefined {
    const at = this.#ordered ? 0 : this.#entries.findIndex((entry) => entry.settled);
    const entry = this.#entries[at];
    if (entry === undefined || !entry.settled) return undefined;
    this.#entries.splice(at, 1);
    return { value: entry.value as T, weight: entry.weight };
  }
}
