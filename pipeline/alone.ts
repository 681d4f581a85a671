import type { StageContext } from './contracts.ts';
import { StageError } from './errors.ts';

/** The context of a stage outside a graph: no seed of a run, no source to draw substitutes from. */
export function alone(stage: string, signal: AbortSignal): StageContext {
  return {
    stage,
    seed: 0,
    signal,
    fault: (fault) => {
      throw new StageError(stage, undefined, new Error(`${fault.file}: ${fault.reason}`));
    },
    substitute: () =>
      Promise.reject(new StageError(stage, undefined, new Error('has no source to draw a substitute from'))),
  };
}
