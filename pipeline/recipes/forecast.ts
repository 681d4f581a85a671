import { memory } from '@tensorflow/tfjs-core';
import { run, type Graph, type Progress, type StepItem } from 'rxface';
import { embed, imageNames, Model, trainStep } from 'rxface/operators';
import { toConsole, toEach } from 'rxface/sinks';
import type { IndexedSource } from 'rxface/sources';
import { from, lastValueFrom } from 'rxjs';
import { dataPath } from './data.ts';
import { readPairs } from './evaluate.ts';
import { optimiserOf } from './parts.ts';
import type { Plan } from './plan.ts';
import { pairVariant } from './pairVariant.ts';
import type { Config } from './schema.ts';
import type { Learner } from './training.ts';
import { firstFaces, trainingGraph } from './trainingGraph.ts';

/** So many steps are more than links hold batches: a slow disk shows. Slow steps are not waited for beyond these seconds. */
const STEPS = 12;
const SECONDS = 10;
/** Faces embedded and images read for a mean. */
const FEW = 16;

/** What a few steps showed. */
export interface SomeSteps {
  graph: Graph;
  /** Of a step, once it goes round: the median of the later half. */
  seconds: number;
  measured: number;
  /** Before the first step of an epoch: threads start, and links fill. */
  start: number;
  limiting: string;
  /** Bytes that live from step to step. */
  tensors: number;
  /** Bytes of a checkpoint. */
  checkpoint: number;
  /** Numbers that are learned. */
  parameters: number;
}

/** Trains for up to twelve steps or ten seconds, at least two steps where an epoch has them, and writes nothing. */
export async function someSteps(options: {
  learner: Learner;
  plan: Plan;
  progress: Progress;
  stop: AbortSignal | undefined;
}): Promise<SomeSteps> {
  const { learner, plan, progress, stop } = options;
  const { config, model, centres, margin } = learner;
  const step = trainStep({ model, centres, margin, optimiser: optimiserOf(config.optimiser), schedule: plan.schedule });
  const enough = new AbortController();
  const taken: number[] = [];
  let before: number | undefined;
  const files = toEach<StepItem>(({ time }) => {
    const now = performance.now() / 1000;
    taken.push(before === undefined ? time.seconds : now - before);
    before = now;
    const all = taken.reduce((sum, seconds) => sum + seconds);
    if (taken.length >= STEPS || (taken.length > 1 && all > SECONDS)) enough.abort();
  });
  const total = Math.min(STEPS, plan.perEpoch);
  const standing = ({ iteration }: StepItem) => ({ unit: 'steps of a trial', done: iteration, total });
  const line = toConsole<StepItem>({ progress, standing });
  const graph = trainingGraph(config, { faces: plan.faces, epoch: 0, position: 0, step, files, console: line });
  try {
    const report = await run(graph, { stop: enough.signal, ...(stop && { signal: stop }) });
    const later = taken.slice(taken.length >> 1).toSorted((a, b) => a - b);
    const arrays = Object.values(step.state.save());
    return {
      graph,
      seconds: later[later.length >> 1]!,
      measured: later.length,
      start: report.seconds - taken.reduce((sum, seconds) => sum + seconds),
      limiting: report.limiting,
      tensors: memory().numBytes,
      checkpoint: arrays.reduce((sum, { data }) => sum + data.byteLength, 0),
      parameters: model.backbone.params
        .filter(({ role }) => role !== 'statistic')
        .reduce((sum, { shape }) => sum + sizeOf(shape), centres.dimension * centres.classes),
    };
  } finally {
    step.dispose();
  }
}

/** What an evaluation takes: embedding its images, as often as it is due. */
export interface EvaluationTime {
  protocol: string;
  images: number;
  times: number;
  seconds: number;
}

/** Forecasts the evaluations of a config from what a few faces take; those of its data do for that. */
export async function evaluationTimes({ config, model }: Learner, faces: IndexedSource): Promise<EvaluationTime[]> {
  if (config.evaluate.length === 0) return [];
  // As evaluations have it: in float32.
  const embedder = embed({ model: new Model(model.architecture, 'float32', model.params) });
  const few = await firstFaces(config, faces, Math.min(FEW, faces.length!));
  let seconds = 0;
  for (let round = 0; round < 2; round++) {
    const began = performance.now();
    await lastValueFrom(from([few]).pipe(embedder));
    seconds = (performance.now() - began) / 1000;
  }
  const { epochs } = config.train;
  return Promise.all(
    config.evaluate.map(async ({ protocol: name, pairs, every, ...variant }) => {
      const given = await readPairs(name, dataPath(pairs, config.data.root));
      const { protocol } = pairVariant(given, variant, model.architecture.size);
      const { names } = imageNames(protocol);
      const times = every === undefined ? 1 : Math.ceil(epochs / every);
      const images = names.length;
      const took = (times * images * seconds) / few.labels.length;
      return { protocol: protocol.name, images, times, seconds: took };
    }),
  );
}

/** What a link holds where it is full, in bytes. */
export interface LinkBytes {
  after: string;
  capacity: number;
  bytes: number;
}

/** What the links of the graph of an epoch hold where they are full; encoded images are as large as a few are on average. */
export async function linkBytes(
  { graph, checkpoint }: SomeSteps,
  { config, faces }: { config: Config; faces: IndexedSource },
): Promise<LinkBytes[]> {
  const length = faces.length!;
  const few = Math.min(FEW, length);
  const read = await faces.read(Int32Array.from({ length: few }, (_, i) => Math.floor((i * length) / few)));
  const [height, width] = config.model.size;
  const image = height * width * 3;
  const item: Record<string, number> = {
    faces: read.reduce((sum, { bytes }) => sum + (bytes?.length ?? 0), 0) / few,
    prepare: image,
    batch: image * config.train.batch,
    step: checkpoint,
  };
  return graph.nodes.flatMap((node) => {
    if (node.kind === 'sink') return [];
    const { name, capacity } = node;
    return [{ after: name, capacity, bytes: Math.round(capacity * item[name]!) }];
  });
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}
