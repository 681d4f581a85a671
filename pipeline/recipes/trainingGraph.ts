import { graph, run, workers } from 'rxface';
import type { Batch, Flow, Graph, Sample, Sink, Source, Stage, StepItem } from 'rxface';
import { batch } from 'rxface/operators';
import { toEach } from 'rxface/sinks';
import { take } from 'rxjs';
import { orderOf } from './parts.ts';
import type { Config } from './schema.ts';

/** Where in the data an epoch begins: at its start, or where a run is resumed. */
export interface Place {
  faces: Source<Sample>;
  epoch: number;
  position: number;
}

/** What is done with the steps. */
export interface StepSinks {
  files: Sink<StepItem>;
  console: Sink<StepItem>;
}

/** What takes what flows, and what is done with the steps. */
export interface Ends<I = Batch> extends StepSinks {
  step: Stage<I, StepItem>;
}

/** What flows in one epoch: faces are read and decoded beside the step, which takes them batch by batch. */
export function trainingGraph(config: Config, at: Place & Ends): Graph {
  return stepped(trainingBatches(config, at), at);
}

/** A flow that ends in steps, and in what is done with them. */
export function stepped<I>(flow: Flow<I>, { step, files, console: line }: Ends<I>): Graph {
  return flow.pipe('step', step, { capacity: 1 }).sink('files', files).sink('console', line);
}

/** The first `count` faces of an epoch as training sees them, read for themselves: the same draws, whoever asks. */
export async function firstFaces(config: Config, faces: Source<Sample>, count: number, epoch = 0): Promise<Batch> {
  let first: Batch | undefined;
  const keep = toEach<Batch>((item) => void (first = item));
  const few: Config = { ...config, train: { ...config.train, batch: count, threads: 0 } };
  await run(
    trainingBatches(few, { faces, epoch, position: 0 }).pipe('first', take(1), { capacity: 1 }).sink('keep', keep),
  );
  return first!;
}

/**
 * The batches of an epoch from a place on.
 *
 * @param epochs where they end instead
 */
export function trainingBatches(
  { data, train: { seed, batch: count, threads }, model: { size }, augment }: Config,
  { faces, epoch, position }: Place,
  epochs = epoch + 1,
): Flow<Batch> {
  return graph('train', { seed })
    .source('faces', faces, { epochs, shuffle: orderOf(data), from: { epoch, position } })
    .pipe('prepare', workers('rxface/operators/prepare', { threads, size, augment }), { capacity: 2 * count + 32 })
    .pipe('batch', batch(count, { spend: true }), { capacity: 2 });
}
