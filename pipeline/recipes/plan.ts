import { OptionError } from 'rxface';
import type { Schedule } from 'rxface/operators';
import type { IndexedSource } from 'rxface/sources';
import { trainingFaces } from './data.ts';
import { checkEvaluations } from './evaluations.ts';
import { scheduleOf } from './parts.ts';
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
  /** Closes the faces. */
  close(): Promise<void>;
}

/**
 * Opens the data of a config and counts what will be done with it.
 *
 * @throws OptionError where the batch or the warm-up is too long for the data; FileError, FormatError for data and evaluations
 */
export async function planOf(config: Config, say: (line: string) => void): Promise<Plan> {
  await checkEvaluations(config);
  const { faces, close } = await trainingFaces(config.data);
  try {
    const people = faces.classes!;
    const images = faces.length!;
    const counts = new Int32Array(people.length);
    for (const label of faces.labels) counts[label]!++;
    const { batch, epochs } = config.train;
    const perEpoch = Math.floor(images / batch);
    if (perEpoch === 0)
      throw new OptionError('train', 'train.batch', `at most the ${images} images of the data`, batch);
    const schedule = scheduleOf(config.schedule, perEpoch, epochs);
    const resized = faces.pointsMissing ? ` (${faces.pointsMissing} without points are resized)` : '';
    say(`data: ${people.length} people, ${images} images${resized}, ${perEpoch} steps an epoch`);
    return { faces, people, images, counts, perEpoch, schedule, close };
  } catch (error) {
    await close();
    throw error;
  }
}
