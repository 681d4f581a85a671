import type { PairProtocol } from 'rxface';
import { imageNames, occludedPairs, type ImageNames, type OccludedPairs } from 'rxface/operators';
import { copies, only, onlyFolds, type IndexedSource } from 'rxface/sources';
import { evaluationName, type Variant } from './evaluationName.ts';

/** Keys which face of a pair is covered, and where: the same for every model that is ever tested. */
const OCCLUSION_SEED = 42;

/** A variant of a protocol: its pairs under its name, and the images that are covered in them. */
export interface PairVariant extends OccludedPairs {
  /** The images of the data that it needs. */
  images: ImageNames;
}

/**
 * The pairs that a variant compares. The protocol keeps its pairs; where faces are covered, covered ones have names of
 * their own.
 *
 * @param size [height, width] of the network's faces
 * @throws OptionError for folds that the protocol has not, or a square larger than the faces
 */
export function pairVariant(given: PairProtocol, variant: Variant, size: readonly [number, number]): PairVariant {
  const { folds, occlude } = variant;
  const chosen = folds === undefined ? given : onlyFolds(given, folds);
  const protocol = { ...chosen, name: evaluationName(given.name, variant) };
  const images = imageNames(protocol);
  if (occlude === undefined) return { protocol, copies: new Map(), images };
  return { ...occludedPairs(protocol, { side: occlude, size, seed: OCCLUSION_SEED }), images };
}

/** The images of an open source that a variant needs, those that are covered once more for each pair. */
export function variantFaces(faces: IndexedSource, { protocol, copies: covered, images }: PairVariant): IndexedSource {
  if (covered.size === 0) return only(faces, (id) => images.rowOf(id) >= 0);
  const { rowOf } = imageNames(protocol);
  return copies(faces, ({ labels, id }) => {
    const indexes = [...labels.keys()].filter((i) => images.rowOf(id(i)) >= 0);
    const at = new Map(indexes.map((i) => [images.names[images.rowOf(id(i))]!, i]));
    return [
      ...indexes.filter((i) => rowOf(id(i)) >= 0).map((index) => ({ index, id: id(index) })),
      ...Array.from(covered, ([name, { image }]) => ({ index: at.get(image)!, id: name })),
    ];
  });
}
