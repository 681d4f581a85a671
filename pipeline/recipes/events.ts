import type { Batch } from 'rxface';
import { contactSheet } from 'rxface/operators';
import type { Shown } from 'rxface/sinks';
import type { IndexedSource } from 'rxface/sources';
import type { EvaluationLine } from './evaluations.ts';
import type { Config } from './schema.ts';
import { firstFaces } from './trainingGraph.ts';

/** Faces on the picture of what training sees: six rows of six. */
const ON_SHEET = 36;

/** An evaluation as TensorBoard shows it, under `evaluate/`: its accuracy and more, at the updates done, with the epochs done. */
export function evaluationShown({ protocol, epoch, step, accuracy, val, tar, auc, time }: EvaluationLine): Shown {
  const scalars: Record<string, number> = { [`evaluate/${protocol}/accuracy`]: accuracy.mean };
  scalars[`evaluate/${protocol}/val`] = val.mean;
  scalars[`evaluate/${protocol}/auc`] = auc;
  for (const [far, rate] of Object.entries(tar)) scalars[`evaluate/${protocol}/tar at far ${far}`] = rate;
  scalars['evaluate/epoch'] = epoch;
  return { step, at: time.at, scalars };
}

/**
 * The faces of the first batch as TensorBoard shows them, augmented as training sees them, with the people's names.
 *
 * They are read for this picture alone, before the first step: no step pays for it, and the draws are the same.
 */
export async function firstFacesShown(config: Config, faces: IndexedSource): Promise<Shown> {
  const first = await firstFaces(config, faces, Math.min(ON_SHEET, config.train.batch));
  return { step: 0, at: Date.now(), images: { 'faces/first batch': await sheetOf(first, faces.classes ?? []) } };
}

function sheetOf({ pixels, labels, size }: Batch, people: readonly string[]): Promise<Uint8Array> {
  const [height, width] = size;
  const bytes = height * width * 3;
  const images = Array.from(labels, (_, i) => ({ height, width, data: pixels.subarray(i * bytes, (i + 1) * bytes) }));
  return contactSheet(images, { captions: Array.from(labels, (label) => people[label] ?? '') });
}
