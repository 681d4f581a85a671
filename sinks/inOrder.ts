import type { Sink } from '../pipeline/contracts.ts';

/**
 * One sink made of several: each item goes to the first, and when that has it, to the next.
 *
 * In plain words: sinks put side by side into a graph promise nothing to each other; here what the second writes may rely
 * on what the first has written, as a checkpoint relies on the log lines up to its step.
 *
 * ```ts
 * const kept = steps.sink('files', inOrder(toJsonl('steps.jsonl'), toCheckpoints('checkpoints', { facts, keep: 3 })));
 * ```
 *
 * @param sinks opened in this order, closed in reverse; all are closed even where one fails
 * @return a sink; throws what its sinks throw
 */
export function inOrder<T>(...sinks: readonly Sink<T>[]): Sink<T> {
  const opened: Sink<T>[] = [];
  return {
    async open(context) {
      for (const sink of sinks) {
        await sink.open(context);
        opened.push(sink);
      }
    },
    async write(item) {
      for (const sink of sinks) await sink.write(item);
    },
    async close(end) {
      const failures: unknown[] = [];
      for (const sink of opened.splice(0).toReversed()) {
        await sink.close(end).catch((error: unknown) => failures.push(error));
      }
      if (failures.length > 0) throw failures[0];
    },
  };
}
