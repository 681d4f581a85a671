import { ensureEngine, type Backend, type Progress } from 'rxface';
import { exists } from '../files/read.ts';
import { evaluationTimes, linkBytes, type EvaluationTime, type LinkBytes } from './forecast.ts';
import { metaTrial, type MetaForecast } from './metaTrial.ts';
import { planOf } from './plan.ts';
import { runFolder } from './runFolder.ts';
import type { Config } from './schema.ts';
import { newLearner } from './training.ts';
import { plainTrial } from './trial.ts';

export interface DryRunOptions {
  config: Config;
  /** The run folder that training would use; it is not touched. */
  run: string;
  /** Aborted: it ends at once. */
  stop?: AbortSignal;
  progress: Progress;
}

/** What a training would be, and what it would take. */
export interface DryRun {
  /** Where it would be written; `taken`: a run lies there already, and training would refuse. */
  run: { path: string; taken: boolean };
  engine: { backend: Backend; tensorflow: string | null };
  precision: string;
  people: number;
  images: number;
  batch: number;
  epochs: number;
  stepsPerEpoch: number;
  steps: number;
  /** Numbers that are learned, the class centres included; classifiers of variations are not. */
  parameters: number;
  /** The meta set and what is done with it, where the config has one. */
  meta?: MetaForecast;
  /** The graph of an epoch as Mermaid. */
  graph: string;
  /** Bytes. */
  memory: {
    /** Most that the process has held so far: the engine at work and a checkpoint read back included. */
    peak: number;
    /** What lives from step to step: weights, centres, momentum. */
    tensors: number;
    /** What each link holds where it is full; that after the step holds a checkpoint. */
    links: LinkBytes[];
  };
  /** Seconds. */
  time: {
    /** Steps that the forecast rests on. */
    measured: number;
    step: number;
    /** Before the first step of an epoch. */
    epochStart: number;
    imagesPerSecond: number;
    /** Stage that limits the rate. */
    limiting: string;
    /** All steps; with a meta set all of its phases. */
    training: number;
    evaluations: EvaluationTime[];
    total: number;
  };
}

/**
 * Does what a training does, for a few steps, and says what the whole would take.
 *
 * Config, data, evaluations, first weights and engine are as training would have them; what the steps learn is thrown away
 * and nothing is written.
 *
 * @throws what `train` throws for the same config; the reason of `stop` where that was aborted
 */
export async function dryRun({ config, run: path, stop, progress }: DryRunOptions): Promise<DryRun> {
  const say = progress.note;
  const plan = await planOf(config, say);
  try {
    const { faces, people, images, counts, perEpoch } = plan;
    const { batch, epochs } = config.train;
    const steps = perEpoch * epochs;
    const engine = await ensureEngine({ say, show: process.stderr.isTTY, ...(stop && { signal: stop }) });
    const learner = await newLearner({ config, engine, people, images, counts, say });
    try {
      const trial = { learner, plan, progress, stop };
      const meta = plan.meta && (await metaTrial(trial));
      const course = meta ?? (await plainTrial(trial));
      const peak = process.resourceUsage().maxRSS * 1024;
      const evaluations = await evaluationTimes(learner, faces);
      stop?.throwIfAborted();
      const links = await linkBytes(course.graph, { config, plan, checkpoint: course.checkpoint });
      const phases = meta?.meta.phases ?? [{ seconds: epochs * course.start + steps * course.seconds }];
      const training = phases.reduce((sum, { seconds }) => sum + seconds, 0);
      return {
        run: { path, taken: await exists(runFolder(path).steps) },
        engine: { backend: engine.backend, tensorflow: engine.tensorflow },
        precision: learner.model.precision,
        people: people.length,
        images,
        batch,
        epochs,
        stepsPerEpoch: perEpoch,
        steps,
        parameters: course.parameters,
        ...(meta && { meta: meta.meta }),
        graph: course.graph.draw(),
        memory: { peak, tensors: course.tensors, links },
        time: {
          measured: course.measured,
          step: course.seconds,
          epochStart: course.start,
          imagesPerSecond: batch / course.seconds,
          limiting: course.limiting,
          training,
          evaluations,
          total: evaluations.reduce((sum, { seconds }) => sum + seconds, training),
        },
      };
    } finally {
      learner.dispose();
    }
  } finally {
    await plan.close();
  }
}
