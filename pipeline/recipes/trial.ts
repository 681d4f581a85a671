import { memory } from '@tensorflow/tfjs-core';
import { run, type Graph, type Progress, type StepItem } from 'rxface';
import { trainStep, type TrainStep } from 'rxface/operators';
import { toConsole, toEach } from 'rxface/sinks';
import { optimiserOf } from './parts.ts';
import type { Plan } from './plan.ts';
import type { Learner } from './training.ts';
import { trainingGraph, type StepSinks } from './trainingGraph.ts';

/** So many steps are more than links hold batches: a slow disk shows. Slow steps are not waited for beyond these seconds. */
export const TRIAL_STEPS = 12;
const SECONDS = 10;

/** How fast the steps of a graph are. */
export interface Pace {
  graph: Graph;
  /** Of a step, once it goes round: the median of the later half. */
  seconds: number;
  measured: number;
  /** Before the first step of an epoch: threads start, and links fill. */
  start: number;
  limiting: string;
}

/** What a training has from step to step. */
export interface Lasting {
  /** Bytes of its tensors. */
  tensors: number;
  /** Bytes of a checkpoint. */
  checkpoint: number;
  /** Numbers that are learned. */
  parameters: number;
}

export interface TrialOptions {
  learner: Learner;
  plan: Plan;
  progress: Progress;
  stop: AbortSignal | undefined;
}

/** Trains for a few steps without a meta set, and writes nothing. */
export async function plainTrial(options: TrialOptions): Promise<Pace & Lasting> {
  const { learner, plan } = options;
  const { config, model, centres, margin } = learner;
  const step = trainStep({ model, centres, margin, optimiser: optimiserOf(config.optimiser), schedule: plan.schedule });
  const place = { faces: plan.faces, epoch: 0, position: 0, step };
  try {
    const pace = await paceOf('steps of a trial', options, (sinks) => trainingGraph(config, { ...place, ...sinks }));
    return { ...pace, ...lastingOf(learner, step) };
  } finally {
    step.dispose();
  }
}

/** Runs the first steps of a graph: up to twelve or ten seconds, at least two where it has them. */
export async function paceOf(
  unit: string,
  { plan, progress, stop }: Omit<TrialOptions, 'learner'>,
  graphOf: (sinks: StepSinks) => Graph,
): Promise<Pace> {
  const enough = new AbortController();
  const taken: number[] = [];
  let before: number | undefined;
  const files = toEach<StepItem>(({ time }) => {
    const now = performance.now() / 1000;
    taken.push(before === undefined ? time.seconds : now - before);
    before = now;
    const all = taken.reduce((sum, seconds) => sum + seconds);
    if (taken.length >= TRIAL_STEPS || (taken.length > 1 && all > SECONDS)) enough.abort();
  });
  const total = Math.min(TRIAL_STEPS, plan.perEpoch);
  const line = toConsole<StepItem>({ progress, standing: ({ iteration: done }) => ({ unit, done, total }) });
  const graph = graphOf({ files, console: line });
  const report = await run(graph, { stop: enough.signal, ...(stop && { signal: stop }) });
  const later = taken.slice(taken.length >> 1).toSorted((a, b) => a - b);
  return {
    graph,
    seconds: later[later.length >> 1]!,
    measured: later.length,
    start: report.seconds - taken.reduce((sum, seconds) => sum + seconds),
    limiting: report.limiting,
  };
}

/** What a training has once it has taken steps. */
export function lastingOf({ model, centres }: Learner, { state }: Pick<TrainStep, 'state'>): Lasting {
  return {
    tensors: memory().numBytes,
    checkpoint: Object.values(state.save()).reduce((sum, { data }) => sum + data.byteLength, 0),
    parameters: model.backbone.params
      .filter(({ role }) => role !== 'statistic')
      .reduce((sum, { shape }) => sum + sizeOf(shape), centres.dimension * centres.classes),
  };
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}
