import type { Outcome } from './contracts.ts';
import { RxfaceError, StageError, WiringError } from './errors.ts';
import type { Graph } from './graph.ts';
import { Running } from './running.ts';
import type { RunOptions, RunReport } from './report.ts';
import { wiring } from './wiring.ts';

/**
 * Runs a graph to its end.
 *
 * Nothing begins until the graph is found sound. Then sources, workers and sinks are opened in order, items move,
 * and whatever the end, everything is closed in reverse order: no timer, thread or handle is left. May be called again.
 *
 * ```ts
 * const { seconds, limiting, faults } = await run(training, { signal: AbortSignal.timeout(60_000) });
 * ```
 *
 * @return how it went: resolves when all is written, or when `stop` ended it early
 * @throws WiringError and OptionError before anything runs; StageError naming the stage and item where one failed;
 *   the reason of `signal` where that was aborted
 */
export async function run(graph: Graph, options: RunOptions = {}): Promise<RunReport> {
  const { problems } = wiring(graph);
  if (problems.length > 0) throw new WiringError(graph.name, problems);
  options.signal?.throwIfAborted();
  const running = new Running(graph, options);
  const scopes: { name: string; close(end: Outcome): Promise<void> }[] = [];
  let end: Outcome;
  try {
    for (const scope of running.scopes) {
      await scope.open?.();
      scopes.push(scope);
      if (running.over) break;
    }
    end = await running.ended();
  } catch (error) {
    end = { kind: 'failed', error };
  }
  const failures: unknown[] = [];
  await running.release().catch((error: unknown) => failures.push(error));
  for (const scope of scopes.toReversed()) {
    // What fails while closing is told as well, but never in the place of what failed first.
    await (async () => scope.close(end))().catch((error: unknown) => {
      const told = error instanceof RxfaceError ? error : new StageError(scope.name, undefined, error);
      failures.push(told);
      if (end.kind === 'complete') end = { kind: 'failed', error: told };
    });
  }
  if (end.kind === 'failed') throw end.error;
  if (end.kind === 'aborted' && options.signal?.aborted) throw end.reason;
  if (failures.length > 0) throw failures[0];
  return running.report(end);
}
