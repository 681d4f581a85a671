import type { Outcome, Sink } from '../pipeline/contracts.ts';
import { openAppender, type Appender } from '../pipeline/files/write.ts';

/**
 * Appends each item to a file as one line of JSON.
 *
 * In plain words: a log that any tool reads, whole lines only, even when the disk fills up.
 * A step's snapshot is left out: it belongs to the checkpoint, not to the log; its line is on the disk when the write is done.
 *
 * ```ts
 * const logged = steps.sink('log', toJsonl('steps.jsonl'));
 * ```
 *
 * @param path file to append to; made if need be, its folder must exist
 * @return a sink; throws FileError where the file cannot be written
 */
export function toJsonl<T>(path: string): Sink<T> {
  let file: Appender | undefined;
  return {
    async open() {
      file = await openAppender(path);
    },
    async write(item) {
      await file?.append(`${jsonLine(item)}\n`);
      // A checkpoint must not outlive the lines that led to it.
      if (typeof item === 'object' && item !== null && 'snapshot' in item) await file?.sync();
    },
    async close(_end: Outcome) {
      const open = file;
      file = undefined;
      await open?.sync().finally(() => open.close());
    },
  };
}

/** An item as its line: numbers in the shortest form that reads back the same, no snapshot. */
export function jsonLine(item: unknown): string {
  return JSON.stringify(item, (key, value: unknown) => (key === 'snapshot' ? undefined : value));
}
