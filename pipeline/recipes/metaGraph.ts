import { FACTORS, type Batch, type Factor, type Flow, type Graph, type Sample } from 'rxface';
import type { MetaInput } from 'rxface/operators';
import type { IndexedSource } from 'rxface/sources';
import { map, take } from 'rxjs';
import { candidates } from './metaCandidates.ts';
import { facesOfStep, type MetaTrainingConfig } from './metaParts.ts';
import { stepped, trainingBatches, type Ends, type Place } from './trainingGraph.ts';

/** Where a meta training stands, in the training set and in the meta set. */
export interface MetaPlace extends Place {
  /** The meta set; `teachers` where classifiers learn from it. */
  meta: { candidates: IndexedSource; teachers?: IndexedSource };
  /** Updates done in this phase. */
  done: number;
}

/**
 * What flows in one epoch of the meta phase: beside each batch exactly so many candidates for the pool, and where classifiers learn
 * from the meta set so many of its faces that teach.
 *
 * @param from number of the first candidate: `pool.taken`
 * @param teaching takes the faces that teach, which is how the step tells them from candidates
 */
export function metaGraph(
  config: MetaTrainingConfig,
  { meta, done, from, teaching, ...at }: MetaPlace & Ends<MetaInput> & { from: number; teaching: WeakSet<Sample> }, // prettier-ignore
): Graph {
  const counts = facesOfStep(config);
  const fresh = candidates({ ...drawing(config), faces: meta.candidates }, from);
  const judged: Flow<MetaInput> = trainingBatches(config, at).join('candidates', fresh, {
    take: counts.candidates,
    capacity: 1,
  });
  const beside = map(([[batch, faces], taught]: [MetaInput, Sample[]]): MetaInput => {
    for (const face of taught) teaching.add(face);
    return [batch, [...faces, ...taught]];
  });
  const fed = meta.teachers
    ? withTeachers(config, judged, meta.teachers, done).pipe('beside', beside, { capacity: 1 })
    : judged;
  return stepped(fed, at);
}

/**
 * What flows while classifiers warm up: the first batches of the training, with faces that teach put to them where the training
 * set has no labels of a variation.
 */
export function warmUpGraph(
  config: MetaTrainingConfig,
  { meta, done, perEpoch, faces, ...ends }: Omit<MetaPlace, 'epoch' | 'position'> & Ends & { perEpoch: number }, // prettier-ignore
): Graph {
  const steps = config.meta.variation.warmup;
  const place = { faces, epoch: Math.floor(done / perEpoch), position: (done % perEpoch) * config.train.batch };
  const batches = trainingBatches(config, place, Math.ceil(steps / perEpoch));
  const fed = meta.teachers
    ? withTeachers(config, batches, meta.teachers, done).pipe('together', map(together), { capacity: 1 })
    : batches;
  return stepped(fed.pipe('some', take(steps - done), { capacity: 1 }), ends);
}

/** How faces of the meta set are drawn: as those of the training set, by one thread at most. */
export function drawing({ train: { seed, threads }, model: { size }, augment }: MetaTrainingConfig) {
  return { seed, size, augment, threads: Math.min(1, threads) };
}

function withTeachers<T>(
  config: MetaTrainingConfig,
  flow: Flow<T>,
  faces: IndexedSource,
  done: number,
): Flow<[T, Sample[]]> {
  const count = facesOfStep(config).teachers;
  const taught = candidates({ ...drawing(config), faces, name: 'teachers' }, done * count);
  return flow.join('taught', taught, { take: count, capacity: 1 });
}

/** A batch with more faces behind its own. */
export function together([batch, faces]: readonly [Batch, readonly Sample[]]): Batch {
  const { pixels, labels, ids, keys, variation } = batch;
  const all = new Uint8Array(pixels.length + faces.reduce((sum, face) => sum + face.pixels!.length, 0));
  all.set(pixels);
  let at = pixels.length;
  for (const face of faces) {
    all.set(face.pixels!, at);
    at += face.pixels!.length;
  }
  const column = (factor: Factor): Int32Array =>
    Int32Array.from([...variation[factor], ...faces.map((face) => face.variation?.[factor] ?? -1)]);
  return {
    ...batch,
    pixels: all,
    labels: Int32Array.from([...labels, ...faces.map(({ label }) => label)]),
    ids: [...ids, ...faces.map(({ id }) => id)],
    keys: [...keys, ...faces.map(({ epoch, position, index }) => ({ epoch, position, index }))],
    variation: Object.fromEntries(FACTORS.map((factor) => [factor, column(factor)])) as Batch['variation'],
  };
}
