import { gather, tensor1d, type Scalar, type Tensor2D } from '@tensorflow/tfjs-core';
import type { Batch, Factor, Sample } from '../../pipeline/items.ts';
import type { Model } from '../net/model.ts';
import type { MetaClassifier } from './metaTypes.ts';

/**
 * Prepared faces of one size as embeddings for inference [n, D], the caller's.
 *
 * @param faces at least one
 */
export function embedFaces(model: Model, faces: readonly Sample[]): Tensor2D {
  const [height, width] = model.architecture.size;
  const pixels = new Uint8Array(faces.length * height * width * 3);
  for (const [i, face] of faces.entries()) pixels.set(face.pixels!, i * height * width * 3);
  return model.embed(model.normalise(pixels, faces.length, faces[0]!.size!));
}

/** Faces with their embeddings [n, D], which are constants to a classifier. */
export interface Lesson {
  embeddings: Tensor2D;
  labels(factor: Factor): Int32Array;
}

/** A batch of T as a lesson. */
export function lessonOf(batch: Batch, embeddings: Tensor2D): Lesson {
  return { embeddings, labels: (factor) => batch.variation[factor] };
}

/** Some of the candidates of V as a lesson; none where there are none. */
export function lessonOfFaces(
  faces: readonly Sample[],
  embeddings: Tensor2D,
  taking: (face: Sample) => boolean,
): Lesson | undefined {
  const rows = [...faces.keys()].filter((row) => taking(faces[row]!));
  if (rows.length === 0) return undefined;
  return {
    embeddings: gather(embeddings, tensor1d(rows, 'int32')),
    labels: (factor) => Int32Array.from(rows, (row) => faces[row]!.variation?.[factor] ?? -1),
  };
}

/**
 * One step of every classifier on the first lesson that has labels of its variation.
 *
 * In plain words: a variation that the training set is not labelled for is learned from other faces.
 *
 * @return their losses by 'variation.<factor>', of those that had a label
 */
export function teach(
  classifiers: readonly MetaClassifier[],
  lessons: readonly (Lesson | undefined)[],
): Record<string, Scalar> {
  const losses: Record<string, Scalar> = {};
  for (const classifier of classifiers) {
    const { factor } = classifier;
    const lesson = lessons.find((one) => one?.labels(factor).some((label) => label >= 0));
    const loss = lesson && classifier.update(lesson.embeddings, lesson.labels(factor));
    if (loss) losses[`variation.${factor}`] = loss;
  }
  return losses;
}
