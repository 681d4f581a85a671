import {
  ensureEngine,
  graph,
  OptionError,
  run,
  workers,
  type Graph,
  type Progress,
  type Sink,
  type StepItem,
} from 'rxface';
import { batch, trainStep, type Schedule, type TrainStep } from 'rxface/operators';
import { inOrder, toCheckpoints, toConsole, toJsonl } from 'rxface/sinks';
import type { IndexedSource } from 'rxface/sources';
import { trainingFaces } from './data.ts';
import { bestStep, checkEvaluations, evaluateEpoch, type EvaluationLine } from './evaluations.ts';
import { optimiserOf, scheduleOf } from './parts.ts';
import { readLines } from './runFolder.ts';
import type { Config } from './schema.ts';
import { trainingTally, type Tally } from './tally.ts';
import { beginTraining, type Training } from './training.ts';

export interface TrainOptions {
  config: Config;
  /** Run folder: a new one, or with `resume` the one to go on with. */
  run: string;
  resume?: boolean;
  /** Aborted: the next step writes a checkpoint, then training ends. */
  stop?: AbortSignal;
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
 * Trains as a config says: source, workers, batch, step, and out of the step a log, checkpoints and the console.
 *
 * One graph runs each epoch; between two of them the model is evaluated. Killed at any step and resumed, it ends with the
 * same weights, momentum, statistics and log, bit for bit on the same engine.
 *
 * @throws OptionError for wrong use; FileError, FormatError for data, run folder and checkpoints
 */
export async function train(options: TrainOptions): Promise<TrainResult> {
  const { config, stop, progress = SILENT } = options;
  const say = progress.note;
  await checkEvaluations(config);
  const { faces, close } = await trainingFaces(config.data);
  try {
    const people = faces.classes!;
    const perEpoch = Math.floor(faces.length! / config.train.batch);
    if (perEpoch === 0) {
      throw new OptionError(
        'train',
        'train.batch',
        `at most the ${faces.length} images of the data`,
        config.train.batch,
      );
    }
    const schedule = scheduleOf(config.schedule, perEpoch, config.train.epochs);
    const resized = faces.pointsMissing ? ` (${faces.pointsMissing} without points are resized)` : '';
    say(`data: ${people.length} people, ${faces.length} images${resized}, ${perEpoch} steps an epoch`);
    const engine = await ensureEngine({ say, show: process.stderr.isTTY, ...(stop && { signal: stop }) });
    const training = await beginTraining({ ...options, say, engine, people, images: faces.length! });
    try {
      const evaluations = await readLines<EvaluationLine>(training.folder.evaluations);
      const tally = await epochs({ config, stop, say, progress, faces, perEpoch, schedule, training, evaluations });
      return { run: options.run, people: people.length, ...tally, evaluations, interrupted: stop?.aborted === true };
    } finally {
      training.dispose();
    }
  } finally {
    await close();
  }
}

interface Course {
  config: Config;
  stop: AbortSignal | undefined;
  say: (line: string) => void;
  progress: Progress;
  faces: IndexedSource;
  /** Updates an epoch. */
  perEpoch: number;
  schedule: Schedule;
  training: Training;
  evaluations: EvaluationLine[];
}

async function epochs(course: Course): Promise<Tally> {
  const { config, stop, faces, perEpoch, training, evaluations } = course;
  const halt = new AbortController();
  const tally = trainingTally(course);
  const step = trainStep({
    model: training.model,
    centres: training.centres,
    margin: training.margin,
    optimiser: optimiserOf(config.optimiser),
    schedule: course.schedule,
    snapshot: snapshots(course, halt),
  });
  const files = inOrder<StepItem>(
    toJsonl(training.folder.steps),
    toCheckpoints(training.folder.checkpoints, {
      facts: training.facts,
      keep: config.checkpoint.keep,
      spare: () => bestStep(evaluations, config.checkpoint.best),
      written: tally.checkpointed,
    }),
  );
  const line = toConsole<StepItem>({ standing: tally.standing, progress: course.progress });
  try {
    if (training.start.state !== undefined) step.state.load(training.start.state);
    for (let { epoch, position } = training.start; epoch < config.train.epochs; epoch++, position = 0) {
      if (position < perEpoch * config.train.batch) {
        const flow = epochGraph(config, { faces, epoch, position, step, sinks: { files, line } });
        tally.ran(await run(flow, { stop: halt.signal, onProgress: tally.progressed }));
      }
      if (stop?.aborted) break;
      await evaluateEpoch(epoch + 1, { ...course, steps: tally.figures.steps });
      // Stopped while it was evaluated: another step would leave the evaluation behind.
      if (stop?.aborted) break;
    }
  } finally {
    step.dispose();
  }
  return tally.figures;
}

/** What flows in one epoch: faces are read and decoded beside the step, which takes them batch by batch. */
function epochGraph(
  { train: { seed, batch: count, threads }, model: { size }, augment }: Config,
  at: { faces: IndexedSource; epoch: number; position: number; step: TrainStep; sinks: Record<string, Sink<StepItem>> },
): Graph {
  const { faces, epoch, position, step, sinks } = at;
  return graph('train', { seed })
    .source('faces', faces, { epochs: epoch + 1, shuffle: 'full', from: { epoch, position } })
    .pipe('prepare', workers('rxface/operators/prepare', { threads, size, augment }), { capacity: 2 * count + 32 })
    .pipe('batch', batch(count), { capacity: 2 })
    .pipe('step', step, { capacity: 1 })
    .sink('files', sinks['files']!)
    .sink('console', sinks['line']!);
}

/** Says which steps a checkpoint follows; when a stop is asked for, it is this one, and the graph ends. */
function snapshots({ config, stop, perEpoch }: Course, halt: AbortController): (item: StepItem) => boolean {
  const { everySteps = Infinity, everyMinutes = Infinity } = config.checkpoint;
  let saved = performance.now();
  return ({ step, iteration }) => {
    if (stop?.aborted) halt.abort();
    const late = performance.now() - saved > everyMinutes * 60_000;
    const due = halt.signal.aborted || late || step === perEpoch - 1 || iteration % everySteps === 0;
    if (due) saved = performance.now();
    return due;
  };
}
