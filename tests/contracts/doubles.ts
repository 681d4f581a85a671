import type { Outcome, Sink, Source } from '../../pipeline/contracts.ts';

export interface ListOptions {
  name?: string;
  /** Items in a chunk when the list is walked. Default 4. */
  chunk?: number;
  /** Waits before each chunk, or says at once that there is nothing to wait for. */
  before?: (first: number) => Promise<void> | void;
  /** False: it can only be walked from its beginning, like a stream. Default true. */
  randomAccess?: boolean;
}

/** A source over a list that counts what it has given. */
export interface ListSource<T> extends Source<T> {
  /** Items given so far. */
  given: number;
  opened: number;
  closed: number;
}

/**
 * A source in memory, for tests of what comes after it.
 *
 * ```ts
 * const squares = graph('test')
 *   .source('numbers', listSource([1, 2, 3]))
 *   .pipe('square', map((x) => x * x))
 *   .sink('results', collect());
 * await run(squares);
 * ```
 */
export function listSource<T>(items: readonly T[], options: ListOptions = {}): ListSource<T> {
  const { name = 'list', chunk = 4, before, randomAccess = true } = options;
  const source: ListSource<T> = {
    name,
    given: 0,
    opened: 0,
    closed: 0,
    open: async () => void source.opened++,
    close: async () => void source.closed++,
    async *[Symbol.asyncIterator]() {
      for (let at = 0; at < items.length; at += chunk) {
        await before?.(at);
        const part = items.slice(at, at + chunk);
        source.given += part.length;
        yield part;
      }
    },
  };
  if (!randomAccess) return source;
  const read = (at: Int32Array): T[] => {
    source.given += at.length;
    return Array.from(at, (i) => items[i]!);
  };
  return Object.assign(source, {
    length: items.length,
    read: (at: Int32Array) => {
      const wait = before?.(at[0] ?? 0);
      return wait === undefined ? read(at) : wait.then(() => read(at));
    },
  });
}

/** A sink that keeps what was written and how it was closed. */
export interface Collector<T> extends Sink<T> {
  readonly items: T[];
  /** How the run ended; undefined while it is open. */
  end: Outcome | undefined;
  opened: number;
  /** Most writes ever under way at once. */
  writing: number;
}

/**
 * A sink in memory, for tests of what comes before it.
 *
 * ```ts
 * const sink = collect<number>();
 * await run(graph('test').source('numbers', listSource([1, 2])).sink('results', sink));
 * console.log(sink.items, sink.end); // [ 1, 2 ] { kind: 'complete' }
 * ```
 *
 * @param write Called for each item with the number of items before it; may take its time.
 */
export function collect<T>(write?: (item: T, n: number) => Promise<void> | void): Collector<T> {
  let under = 0;
  const sink: Collector<T> = {
    items: [],
    end: undefined,
    opened: 0,
    writing: 0,
    open: async () => void sink.opened++,
    write: (item) => {
      sink.writing = Math.max(sink.writing, ++under);
      const written = write?.(item, sink.items.length);
      const done = (): void => {
        under--;
        sink.items.push(item);
      };
      return written === undefined ? done() : written.then(done);
    },
    close: async (end) => {
      sink.end = end;
    },
  };
  return sink;
}
