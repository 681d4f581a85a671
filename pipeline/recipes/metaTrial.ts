import { FACTORS, type Factor, type Sample } from 'rxface';
import { metaStep, warmUpStep, type LabelCount } from 'rxface/operators';
import { fillMetaPool } from './metaCandidates.ts';
import { isDrawn, type MetaSource } from './metaFaces.ts';
import { drawing, metaGraph, warmUpGraph } from './metaGraph.ts';
import {
  classifiersOf,
  countingFactors,
  metaStepOptions,
  poolBytes,
  poolOf,
  slotsOf,
  type MetaTrainingConfig,
} from './metaParts.ts';
import { PHASES } from './metaPhases.ts';
import { lastingOf, paceOf, TRIAL_STEPS, type Lasting, type Pace, type TrialOptions } from './trial.ts';

/** What a training with a meta set is besides a training. */
export interface MetaForecast {
  /** The sources of the meta set. */
  sources: readonly MetaSource[];
  /**
   * Labels of the candidates by variation that counts, before any are `drawn` with the faces, and what its classifier learns from.
   */
  variations: ({ factor: Factor; drawn: boolean; taughtBy: 'training set' | 'meta set' } & LabelCount)[];
  /** People who are in both sets, in words: none, or they are allowed. */
  shared: readonly string[];
  pool: { slots: number; bytes: number };
  /** What goes on in which order. Seconds of all of a phase, evaluations aside. */
  phases: { name: string; steps?: number; faces?: number; seconds: number }[];
}

/** Faces of the meta set that a trial draws. */
const FACES = 256;

/** Does each phase of a training with a meta set for a few steps, one after another, and writes nothing. */
export async function metaTrial(options: TrialOptions): Promise<Pace & Lasting & { meta: MetaForecast }> {
  const { learner, plan, stop } = options;
  const { faces, schedule, perEpoch, warmUp } = plan;
  const { model } = learner;
  const config = learner.config as MetaTrainingConfig;
  const meta = plan.meta!;
  const length = meta.candidates.length!;
  const slots = slotsOf(config, length);
  const trial = inSmall(config, slots);
  // What a classifier says after a few steps is not what a trial is for.
  const classifiers = classifiersOf(withWarmUp(trial, 1));
  const pool = poolOf(trial, length);
  try {
    const learning = warmUpStep({ model, classifiers, learningRate: trial.meta.variation.lr });
    const warming = await paceOf('steps of a warm-up', options, (sinks) =>
      warmUpGraph(trial, { ...sinks, faces, meta, done: 0, perEpoch, step: learning }),
    );
    const began = performance.now();
    await fillMetaPool(pool, model, { ...drawing(trial), faces: meta.candidates, ...(stop && { signal: stop }) });
    const perFace = (performance.now() - began) / 1000 / pool.slots;

    const teaching = new WeakSet<Sample>();
    // A variation that nobody of those few batches had a label of is left out.
    const taught = classifiers.filter(({ trained }) => trained).map(({ factor }) => factor);
    const step = metaStep({
      ...metaStepOptions(trial, learner, { schedule, classifiers, pool, teaching }),
      lambda: Object.fromEntries(FACTORS.map((one) => [one, taught.includes(one) ? trial.meta.lambda[one] : 0])),
    });
    const place = { faces, meta, done: 0, epoch: 0, position: 0, from: pool.taken, teaching, step };
    try {
      const pace = await paceOf('steps of a trial', options, (sinks) => metaGraph(trial, { ...place, ...sinks }));
      const { epochs } = config.train;
      const steps = epochs * perEpoch;
      const phases = [
        { name: PHASES.warmUp, steps: warmUp, seconds: warming.start + warmUp * warming.seconds },
        { name: 'pool', faces: slots, seconds: slots * perFace },
        { name: PHASES.meta, steps, seconds: epochs * pace.start + steps * pace.seconds },
      ];
      const { sources, shared, counts, lacking } = meta;
      const variations = countingFactors(config.meta).map((factor) => ({
        factor,
        ...counts[factor],
        drawn: isDrawn(config.augment, factor),
        taughtBy: lacking.includes(factor) ? ('meta set' as const) : ('training set' as const),
      }));
      const forecast = { sources, variations, shared, pool: { slots, bytes: poolBytes(config, slots) }, phases };
      return { ...pace, ...lastingOf(learner, step), meta: forecast };
    } finally {
      step.dispose();
    }
  } finally {
    for (const classifier of classifiers) classifier.dispose();
  }
}

/** The same training with a pool of a few faces and a warm-up of a few steps. */
function inSmall(config: MetaTrainingConfig, slots: number): MetaTrainingConfig {
  const { meta } = config;
  const pool = { ...meta.pool, most: Math.min(slots, FACES) };
  return withWarmUp({ ...config, meta: { ...meta, pool } }, Math.min(meta.variation.warmup, TRIAL_STEPS));
}

function withWarmUp(config: MetaTrainingConfig, warmup: number): MetaTrainingConfig {
  const { meta } = config;
  return { ...config, meta: { ...meta, variation: { ...meta.variation, warmup } } };
}
