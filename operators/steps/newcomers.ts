import { gather, tensor1d, type Tensor2D } from '@tensorflow/tfjs-core';
import { ShapeError } from '../../pipeline/errors.ts';
import { FACTORS, type Batch, type Sample } from '../../pipeline/items.ts';
import type { Model } from '../net/model.ts';
import type { FreshTensors } from './freshen.ts';

/** Faces with their embeddings [n, D], to learn variations from. */
export interface Lesson {
  embeddings: Tensor2D;
  variation: Batch['variation'];
}

/**
 * An iteration's prepared candidates, embedded for inference: those for the pool, and those that teach. Holds tensors: keep it in a tidy.
 *
 * In plain words: of the faces that are new at this step most join the pool; where a variation is learned from the held-out set, those set
 * aside for that do not, so that nobody is judged by what it was taught.
 *
 * @throws ShapeError for a face that is not of the network's size
 */
export function newcomers(
  model: Model,
  faces: readonly Sample[],
  teaches: (face: Sample) => boolean,
): Pick<FreshTensors, 'candidates'> & { lesson?: Lesson } {
  if (faces.length === 0) return {};
  const embeddings = embedFaces(model, faces);
  const some = (rows: number[]) => ({
    faces: rows.map((row) => faces[row]!),
    embeddings: rows.length === faces.length ? embeddings : (gather(embeddings, tensor1d(rows, 'int32')) as Tensor2D),
  });
  const rows = [...faces.keys()];
  const [teaching, joining] = [true, false].map((which) => some(rows.filter((row) => teaches(faces[row]!) === which)));
  return {
    ...(teaching!.faces.length > 0 && { lesson: { ...teaching!, variation: variationOf(teaching!.faces) } }),
    ...(joining!.faces.length > 0 && { candidates: joining! }),
  };
}

function embedFaces(model: Model, faces: readonly Sample[]): Tensor2D {
  const { size } = model.architecture;
  const each = size[0] * size[1] * 3;
  const pixels = new Uint8Array(faces.length * each);
  for (const [i, { id, pixels: own }] of faces.entries()) {
    if (own?.length !== each) throw new ShapeError(`candidate ${id}`, `[${size.join(', ')}, 3]`, [own?.length ?? 0]);
    pixels.set(own, i * each);
  }
  return model.embed(model.normalise(pixels, faces.length, size));
}

function variationOf(faces: readonly Sample[]): Batch['variation'] {
  const column = FACTORS.map((factor) => [factor, Int32Array.from(faces, (face) => face.variation?.[factor] ?? -1)]);
  return Object.fromEntries(column) as Batch['variation'];
}
