import { OptionError, samplingOf } from 'rxface';
import type { Schedule } from 'rxface/operators';
import type { IndexedSource } from 'rxface/sources';
import { trainingFaces } from './data.ts';
import { checkEvaluations } from './evaluations.ts';
import { metaFaces, type MetaFaces } from './metaFaces.ts';
import { countingFactors } from './metaParts.ts';
import { orderOf, scheduleOf } from './parts.ts';
import type { Config } from './schema.ts';

/** What a config comes to with its data: known before an engine is started. */
export interface Plan {
  faces: IndexedSource;
  people: readonly string[];
  images: number;
  /** Images of each person. */
  counts: Int32Array;
  /** Updates an epoch; the last partial batch is not one. */
  perEpoch: number;
  schedule: Schedule;
  /** The faces that margins are judged by, where the config has a meta set. */
  meta?: MetaFaces;
  /** Steps of classifiers alone that go before the first update; 0 without a meta set. */
  warmUp: number;
  /** Closes all faces. */
  close(): Promise<void>;
}

/**
 * Opens the data of a config and counts what will be done with it.
 *
 * @throws OptionError where the batch or the warm-up is too long for the data; FileError, FormatError for data and evaluations
 */
export async function planOf(config: Config, say: (line: string) => void): Promise<Plan> {
  await checkEvaluations(config);
  const { faces, close: closeFaces } = await trainingFaces(config.data);
  let meta: MetaFaces | undefined;
  const close = async (): Promise<void> => {
    await meta?.close();
    await closeFaces();
  };
  try {
    const people = faces.classes!;
    const images = faces.length!;
    const counts = new Int32Array(people.length);
    for (const label of faces.labels) counts[label]!++;
    const { batch, epochs } = config.train;
    const positions = positionsOf(config, faces);
    const perEpoch = Math.floor(positions / batch);
    if (perEpoch === 0)
      throw new OptionError('train', 'train.batch', `at most the ${positions} images of an epoch`, batch);
    const schedule = scheduleOf(config.schedule, perEpoch, epochs);
    const resized = faces.pointsMissing ? ` (${faces.pointsMissing} without points are resized)` : '';
    say(`data: ${people.length} people, ${images} images${resized}, ${perEpoch} steps an epoch`);
    if (config.meta !== undefined) {
      const { data, augment, train } = config;
      const factors = countingFactors(config.meta);
      meta = await metaFaces({ meta: config.meta, data, augment, training: faces, seed: train.seed, factors });
      for (const line of meta.report) say(line);
    }
    const warmUp = config.meta?.variation.warmup ?? 0;
    return { faces, people, images, counts, perEpoch, schedule, warmUp, ...(meta && { meta }), close };
  } catch (error) {
    await close();
    throw error;
  }
}

/**
 * Images of an epoch, in the order that the config names.
 *
 * @throws OptionError where batches are not made of whole groups of people and their images, or the data have not so many people
 */
function positionsOf({ data, train: { batch } }: Config, { name, labels, length }: IndexedSource): number {
  const { sampling } = data;
  const together = sampling?.name === 'identities' ? sampling.people * sampling.images : 1;
  if (batch % together !== 0)
    throw new OptionError('train', 'train.batch', `a multiple of ${together}, data.sampling.people x images`, batch);
  return samplingOf(orderOf(data))({ name, labels, length: length! }, []).length;
}
