import { gather, tensor1d } from '@tensorflow/tfjs-core';
import type { Factor, Sample } from '../../pipeline/items.ts';
import type { Model } from '../net/model.ts';
import type { FreshTensors } from './freshen.ts';
import type { Hypergrad } from './hypergradient.ts';
import type { Learning } from './learnWeights.ts';
import type { MetaTerm } from './metaLoss.ts';
import type { FreshPool, MetaBatch, MetaClassifier, MiningQuery } from './metaTypes.ts';
import { embedFaces, lessonOfFaces, type Lesson } from './teach.ts';

/** What the updates of a meta step are told once. */
export interface MetaSettings extends Omit<Learning, 'hypergrad'> {
  hypergrad: Hypergrad;
  classifiers: readonly MetaClassifier[];
  pool: FreshPool;
  mine: (query: MiningQuery) => MetaBatch;
  lambda: (factor: Factor) => number;
  /** Candidates that teach classifiers and stay out of the pool. */
  teaches: (candidate: Sample) => boolean;
}

/** The variations that a meta batch has samples of and that count. */
export function termsOf({ classifiers, lambda }: MetaSettings, { labels }: MetaBatch): MetaTerm[] {
  return classifiers.flatMap((classifier) => {
    const own = labels[classifier.factor];
    const counts = lambda(classifier.factor);
    if (counts === 0 || !own?.some((label) => label >= 0)) return [];
    return [{ classifier, labels: own, lambda: counts }];
  });
}

/** An iteration's candidates, embedded: those for the pool, and those that teach. */
export function newcomers(
  model: Model,
  { teaches }: MetaSettings,
  faces: readonly Sample[],
): Pick<FreshTensors, 'candidates'> & { lesson?: Lesson } {
  if (faces.length === 0) return {};
  const embeddings = embedFaces(model, faces);
  const lesson = lessonOfFaces(faces, embeddings, teaches);
  const rows = [...faces.keys()].filter((row) => !teaches(faces[row]!));
  const joining = rows.map((row) => faces[row]!);
  const own = rows.length === faces.length ? embeddings : gather(embeddings, tensor1d(rows, 'int32'));
  return {
    ...(lesson && { lesson }),
    ...(rows.length > 0 && { candidates: { faces: joining, embeddings: own } }),
  };
}
