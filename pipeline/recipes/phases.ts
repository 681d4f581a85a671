import type { Graph, StepItem } from 'rxface';
import { trainStep } from 'rxface/operators';
import { optimiserOf } from './parts.ts';
import type { Plan } from './plan.ts';
import type { Training } from './training.ts';
import { trainingGraph, type StepSinks } from './trainingGraph.ts';

/** What a training is made of: what goes before its first epoch, and what each epoch is. */
export interface Phases {
  /**
   * Takes up where the training stands, and does what goes before its first epoch.
   *
   * @param go runs a graph
   * @returns false where it was asked to stop before all of that was done
   */
  begin(ends: StepSinks, go: (graph: Graph) => Promise<void>): Promise<boolean>;
  /** What flows in an epoch, from a position on. */
  epoch(place: { epoch: number; position: number } & StepSinks): Graph;
  dispose(): void;
}

export interface PhaseOptions {
  plan: Plan;
  training: Pick<Training, 'config' | 'model' | 'centres' | 'margin' | 'start'>;
  /** Says after which steps a checkpoint follows. */
  snapshot: (item: StepItem) => boolean;
  /** Aborted: what is not a step ends at once. */
  stop?: AbortSignal | undefined;
  say: (line: string) => void;
}

/** A plain training: each epoch is one graph, and nothing goes before the first. */
export function plainPhases({ plan, training, snapshot }: PhaseOptions): Phases {
  const { config, model, centres, margin, start } = training;
  const { faces, schedule } = plan;
  const step = trainStep({ model, centres, margin, optimiser: optimiserOf(config.optimiser), schedule, snapshot });
  return {
    async begin() {
      if (start.state !== undefined) step.state.load(start.state);
      // The step has taken them over: large arrays do not stay in memory twice.
      delete start.state;
      return true;
    },
    epoch: (place) => trainingGraph(config, { ...place, faces, step }),
    dispose: () => step.dispose(),
  };
}
