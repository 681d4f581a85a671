import type { Sample, Stage, StepItem } from 'rxface';
import { metaStep, warmUpStep } from 'rxface/operators';
import { map, type Observable } from 'rxjs';
import { fillMetaPool, restoreMetaPool } from './metaCandidates.ts';
import { drawing, metaGraph, warmUpGraph } from './metaGraph.ts';
import { classifiersOf, metaStepOptions, poolBytes, poolOf, type MetaTrainingConfig } from './metaParts.ts';
import type { PhaseOptions, Phases } from './phases.ts';

/** Names of the parts of a training with a meta set, in checkpoints and logs. */
export const PHASES = { warmUp: 'warm-up', meta: 'meta' } as const;

/**
 * A training with a meta set (MvCoM, Algorithm 1): classifiers warm up on the network as it is, the pool is filled as that network
 * sees its faces, and then every epoch's steps learn from both sets.
 *
 * Steps are counted through: the first of the meta phase follows the last of the warm-up. Its learning rate, its epochs and
 * whatever it draws begin with the phase.
 */
export function metaPhases(options: PhaseOptions): Phases {
  const { plan, training, snapshot, stop, say } = options;
  const { model, centres, start } = training;
  const config = training.config as MetaTrainingConfig;
  const { faces, schedule, perEpoch, warmUp } = plan;
  const meta = plan.meta!;
  const { seed } = config.train;
  const classifiers = classifiersOf(config);
  const pool = poolOf(config, meta.candidates.length!);
  const teaching = new WeakSet<Sample>();

  const counted = (item: StepItem): StepItem => {
    const [iteration, phase] = [item.iteration + warmUp, PHASES.meta];
    return { ...item, iteration, phase, ...(item.snapshot && { snapshot: { ...item.snapshot, iteration, phase } }) };
  };
  const step = metaStep({
    ...metaStepOptions(config, training, { schedule, classifiers, pool, teaching }),
    seed,
    snapshot: (item) => snapshot(counted(item)),
  });
  const learning = warmUpStep({ model, classifiers, learningRate: config.meta.variation.lr, seed });

  /** A step of the warm-up as the log has it. It is none of the training's epochs, which begin after it. */
  const warming = (item: StepItem): StepItem => {
    const { iteration } = item;
    const place = { iteration, epoch: 0, position: 0, phase: PHASES.warmUp };
    const shown = { ...item, ...place, step: iteration - 1 };
    if (!snapshot(shown) && iteration < warmUp) return shown;
    const state = learning.state.save();
    return { ...shown, snapshot: { ...place, weights: { ...model.save(), ...centres.save() }, state } };
  };

  /** What is between steps ends at once where it is asked to: the last checkpoint is where the run goes on. */
  const unlessStopped = async (work: Promise<void>): Promise<boolean> => {
    try {
      await work;
      return stop?.aborted !== true;
    } catch (error) {
      if (stop?.aborted) return false;
      throw error;
    }
  };

  return {
    async begin(ends, go) {
      const { state, phase, steps } = start;
      const before = phase !== PHASES.meta;
      if (state !== undefined) {
        step.state.load(before ? { ...state, iteration: { shape: [1], data: Int32Array.of(0) } } : state);
        if (before) learning.state.load(state);
      }
      const draws = { ...drawing(config), faces: meta.candidates, ...(stop && { signal: stop }) };
      if (!before) return unlessStopped(restoreMetaPool(pool, draws));
      if (steps < warmUp) {
        say(`warm-up: ${classifiers.map(({ factor }) => factor).join(', ')} for ${warmUp} steps`);
        await go(warmUpGraph(config, { ...ends, faces, meta, perEpoch, done: steps, step: after(learning, warming) }));
      }
      if (stop?.aborted) return false;
      say(`pool: ${pool.slots} faces, ${Math.round(poolBytes(config, pool.slots) / 2 ** 20)} MiB`);
      return unlessStopped(fillMetaPool(pool, model, draws));
    },
    epoch: (place) => {
      const done = place.epoch * perEpoch + place.position / config.train.batch;
      const ends = { step: after(step, counted), teaching, from: pool.taken };
      return metaGraph(config, { ...place, ...ends, faces, meta, done });
    },
    dispose: () => [step, ...classifiers].forEach((owner) => owner.dispose()),
  };
}

/** A stage whose items are changed as they come out of it, before the next goes in. */
function after<I>(stage: Stage<I, StepItem>, change: (item: StepItem) => StepItem): Stage<I, StepItem> {
  return Object.assign((source: Observable<I>) => source.pipe(stage, map(change)), { label: stage.label });
}
