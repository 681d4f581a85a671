import { ensureEngine, run, type Graph, type Progress, type RunReport, type StepItem } from 'rxface';
import {
  inOrder,
  rewindQuarantine,
  toCheckpoints,
  toConsole,
  toJsonl,
  toQuarantine,
  toTensorBoard,
  type TensorBoard,
} from 'rxface/sinks';
import { bestStep, evaluateEpoch, type EvaluationLine } from './evaluations.ts';
import { evaluationShown, firstFacesShown } from './events.ts';
import { metaPhases, PHASES } from './metaPhases.ts';
import { plainPhases } from './phases.ts';
import { planOf, type Plan } from './plan.ts';
import { reportIsNew, writePicture, writeReport } from './report.ts';
import { resumeRun } from './resume.ts';
import { readLines, runFolder } from './runFolder.ts';
import type { Config } from './schema.ts';
import { trainingTally, untouched, type Tally } from './tally.ts';
import { trainingMetrics, type TrainingMetrics } from './trainingMetrics.ts';
import { beginTraining, type Training } from './training.ts';

export interface TrainOptions {
  config: Config;
  /** Run folder: a new one, or with `resume` the one to go on with. */
  run: string;
  resume?: boolean;
  /** Aborted: the next step writes a checkpoint, then training ends. */
  stop?: AbortSignal;
  /** Port on loopback where a Prometheus reads how it stands; 0: any that is free. Default: none. */
  metricsPort?: number;
  /** The line that shows how it stands, and what is said beside it. Default: nobody listens. */
  progress?: Progress;
}

const SILENT: Progress = { show() {}, note() {}, end() {} };

/** How a training went. Rates are fractions in [0, 1]. */
export interface TrainResult extends Tally {
  run: string;
  people: number;
  /** All of the run, those before a resumption included. */
  evaluations: EvaluationLine[];
  interrupted: boolean;
}

/**
 * Trains as a config says: source, workers, batch, step, and out of the step a log, TensorBoard events, checkpoints and
 * the console.
 *
 * One graph runs each epoch; between two of them the model is evaluated. Killed at any step and resumed, it ends with the
 * same weights, momentum, statistics and log, bit for bit on the same engine.
 *
 * @throws OptionError for wrong use; FileError, FormatError for data, run folder and checkpoints
 */
export async function train(options: TrainOptions): Promise<TrainResult> {
  const { config, stop, progress = SILENT } = options;
  const say = progress.note;
  const plan = await planOf(config, say);
  let letGo: (() => Promise<void>) | undefined;
  try {
    const { people, images, counts } = plan;
    const result = { run: options.run, people: people.length };
    const resumed = options.resume ? await resumeRun({ ...options, ...plan, say }) : undefined;
    letGo = resumed?.letGo;
    if (resumed?.finished) {
      const evaluations = await readLines<EvaluationLine>(runFolder(options.run).evaluations);
      if (!(await reportIsNew(options.run))) await writeReport(options.run);
      const start = { steps: resumed.checkpoint!.manifest.step };
      return { ...result, ...untouched(start), evaluations, interrupted: false };
    }
    const engine = await ensureEngine({ say, show: process.stderr.isTTY, ...(stop && { signal: stop }) });
    const training = await beginTraining({ ...options, resumed, say, engine, people, images, counts });
    letGo = training.letGo;
    // The step takes the arrays over: large ones do not stay in memory twice.
    delete resumed?.checkpoint;
    try {
      const evaluations = await readLines<EvaluationLine>(training.folder.evaluations);
      const metrics = await trainingMetrics(training.folder.metrics, { port: options.metricsPort, say });
      const course = { config, stop, say, progress, ...plan, training, evaluations, metrics };
      const tally = await epochs(course).finally(() => metrics.close());
      await writeReport(options.run);
      return { ...result, ...tally, evaluations, interrupted: stop?.aborted === true };
    } finally {
      training.dispose();
    }
  } finally {
    await letGo?.();
    await plan.close();
  }
}

interface Course extends Plan {
  config: Config;
  stop: AbortSignal | undefined;
  say: (line: string) => void;
  progress: Progress;
  training: Training;
  evaluations: EvaluationLine[];
  metrics: TrainingMetrics;
}

async function epochs(course: Course): Promise<Tally> {
  const { config, stop, perEpoch, training, evaluations } = course;
  const halt = new AbortController();
  const tally = trainingTally(course);
  const { start } = training;
  const phasesOf = config.meta === undefined ? plainPhases : metaPhases;
  const phases = phasesOf({ plan: course, training, snapshot: snapshots(course, halt), stop, say: course.say });
  const events = toTensorBoard(training.folder.path, { from: start.steps });
  const files = inOrder<StepItem>(
    toJsonl(training.folder.steps),
    events,
    toCheckpoints(training.folder.checkpoints, {
      facts: training.facts,
      keep: config.checkpoint.keep,
      spare: () => bestStep(evaluations, config.checkpoint.best),
      written: tally.checkpointed,
    }),
  );
  const quarantine = toQuarantine(training.folder.quarantine);
  const line = toConsole<StepItem>({ standing: tally.standing, progress: course.progress });
  const ends = { files, console: line };
  const go = async (flow: Graph): Promise<void> => {
    const onProgress = (report: RunReport): void => {
      tally.progressed(report);
      course.metrics.progressed(report);
    };
    const report = await run(flow, { stop: halt.signal, onProgress, faults: config.data.faults, quarantine });
    tally.ran(report);
    course.metrics.ran(report);
  };
  try {
    await rewindQuarantine(training.folder.quarantine, start);
    if (start.steps === 0) await showFirstFaces(course, events);
    if (!(await phases.begin(ends, go))) return tally.figures;
    for (let { epoch, position } = start; epoch < config.train.epochs; epoch++, position = 0) {
      if (position < perEpoch * config.train.batch) await go(phases.epoch({ epoch, position, ...ends }));
      if (stop?.aborted) break;
      const before = evaluations.length;
      await evaluateEpoch(epoch + 1, { ...course, steps: tally.figures.steps });
      for (const evaluation of evaluations.slice(before)) await events.show(evaluationShown(evaluation));
      // Stopped while it was evaluated: another step would leave the evaluation behind.
      if (stop?.aborted) break;
    }
  } finally {
    phases.dispose();
  }
  return tally.figures;
}

async function showFirstFaces({ config, faces, training }: Course, events: TensorBoard): Promise<void> {
  const first = await firstFacesShown(config, faces);
  await events.show(first);
  for (const png of Object.values(first.images ?? {})) {
    await writePicture(training.folder.path, '1 Faces of the first batch, as training sees them', png);
  }
}

/** Says which steps a checkpoint follows; when a stop is asked for, it is this one, and the graph ends. */
function snapshots({ config, stop, perEpoch }: Course, halt: AbortController): (item: StepItem) => boolean {
  const { everySteps = Infinity, everyMinutes = Infinity } = config.checkpoint;
  let saved = performance.now();
  return ({ step, iteration, phase }) => {
    if (stop?.aborted) halt.abort();
    const late = performance.now() - saved > everyMinutes * 60_000;
    const last = step === perEpoch - 1 && phase !== PHASES.warmUp;
    const due = halt.signal.aborted || late || last || iteration % everySteps === 0;
    if (due) saved = performance.now();
    return due;
  };
}
