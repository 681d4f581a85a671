import type { Sink } from '../pipeline/contracts.ts';
import { createProgress, type Progress, type Standing } from '../pipeline/progress.ts';
import { jsonLine } from './jsonLines.ts';

export interface ConsoleOptions<T> {
  /** How an item moves the progress line; absent: every item is printed as a line of JSON. */
  standing?: (item: T) => Standing;
  /** The line to write to. Default: one on stderr. */
  progress?: Progress;
}

/**
 * Shows items to whoever watches: as one progress line, or each on its own line.
 *
 * In plain words: on a terminal the line is rewritten, in a log file a line comes every ten seconds.
 *
 * ```ts
 * const seen = steps.sink('console', toConsole({ standing: ({ iteration }) => ({ unit: 'steps', done: iteration }) }));
 * ```
 *
 * @return a sink that writes to stderr, so that stdout stays free for results
 */
export function toConsole<T>({ standing, progress = createProgress() }: ConsoleOptions<T> = {}): Sink<T> {
  return {
    async open() {},
    write(item) {
      if (standing === undefined) progress.note(jsonLine(item));
      else progress.show(standing(item));
    },
    async close() {
      progress.end();
    },
  };
}
