import { FormatError } from '../pipeline/errors.ts';
import { indexed, type IndexedSource, type VariationLabels } from './indexed.ts';

/**
 * The images of a source that are wanted, by their ids; nothing else is read. Order, labels and people stay.
 * Faults of the source stay behind: they may be of images that nobody wants, and whoever wants one sees that it is missing.
 *
 * ```ts
 * const mugshots = only(imageFolder('faces'), (id) => id.endsWith('_0001.jpg'));
 * ```
 *
 * @param wanted asked once for every id when the source is opened
 * @throws FormatError where no image is wanted
 */
export function only(source: IndexedSource, wanted: (id: string) => boolean): IndexedSource {
  return indexed(source.name, [source], async () => {
    const kept = Int32Array.from([...source.labels.keys()].filter((i) => wanted(source.id(i))));
    if (kept.length === 0) throw new FormatError(source.name, undefined, 'an image that is wanted', source.id(0));
    return {
      classes: source.classes ?? [],
      labels: kept.map((i) => source.labels[i]!),
      faults: [],
      variation: pickedLabels(source.variation, kept),
      id: (i) => source.id(kept[i]!),
      place: (i) => source.place(kept[i]!),
      read: (at) => source.read(at.map((i) => kept[i]!)),
    };
  });
}

/** The labels of these images. */
export function pickedLabels(variation: VariationLabels | undefined, kept: Int32Array): VariationLabels | undefined {
  return (
    variation &&
    Object.fromEntries(Object.entries(variation).map(([factor, labels]) => [factor, kept.map((i) => labels[i]!)]))
  );
}
