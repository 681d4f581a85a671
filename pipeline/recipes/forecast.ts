import type { Graph } from 'rxface';
import { embed, imageNames, Model } from 'rxface/operators';
import type { IndexedSource } from 'rxface/sources';
import { from, lastValueFrom } from 'rxjs';
import { dataPath } from './data.ts';
import { readPairs } from './evaluate.ts';
import { facesOfStep, type MetaTrainingConfig } from './metaParts.ts';
import { pairVariant } from './pairVariant.ts';
import type { Plan } from './plan.ts';
import type { Config } from './schema.ts';
import type { Learner } from './training.ts';
import { firstFaces } from './trainingGraph.ts';

/** Faces embedded and images read for a mean. */
const FEW = 16;

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

/**
 * What the links of the graph of an epoch hold where they are full; encoded images are as large as a few are on average.
 *
 * @param checkpoint bytes of one
 */
export async function linkBytes(
  graph: Graph,
  { config, plan, checkpoint }: { config: Config; plan: Pick<Plan, 'faces' | 'meta'>; checkpoint: number },
): Promise<LinkBytes[]> {
  const [height, width] = config.model.size;
  const { batch } = config.train;
  const image = height * width * 3;
  const item: Record<string, number> = {
    faces: await encodedBytes(plan.faces),
    prepare: image,
    batch: image * batch,
    step: checkpoint,
  };
  if (plan.meta) {
    const { candidates, teachers } = plan.meta;
    const beside = facesOfStep(config as MetaTrainingConfig);
    item['meta'] = await encodedBytes(candidates);
    item['draw'] = item['draw teachers'] = image;
    item['candidates'] = image * (batch + beside.candidates);
    item['taught'] = item['beside'] = item['candidates'] + image * beside.teachers;
    if (teachers) item['teachers'] = await encodedBytes(teachers);
  }
  return graph.nodes.flatMap((node) => {
    if (node.kind === 'sink') return [];
    const { name, capacity } = node;
    return [{ after: name, capacity, bytes: Math.round(capacity * item[name]!) }];
  });
}

async function encodedBytes(faces: IndexedSource): Promise<number> {
  const length = faces.length!;
  const few = Math.min(FEW, length);
  const read = await faces.read(Int32Array.from({ length: few }, (_, i) => Math.floor((i * length) / few)));
  return read.reduce((sum, { bytes }) => sum + (bytes?.length ?? 0), 0) / few;
}
