import { FormatError } from '../pipeline/errors.ts';
import { indexed, type Index, type IndexedSource } from './indexed.ts';

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
    return picked(source, kept);
  });
}

/** What opening finds of these images alone: as they are in the source, under its people, without its faults. */
export function picked(source: IndexedSource, kept: Int32Array): Index {
  const { classes = [], labels, variation } = source;
  const here = (column: Int32Array): Int32Array => kept.map((i) => column[i]!);
  return {
    classes,
    labels: here(labels),
    faults: [],
    variation:
      variation && Object.fromEntries(Object.entries(variation).map(([factor, column]) => [factor, here(column)])),
    id: (i) => source.id(kept[i]!),
    place: (i) => source.place(kept[i]!),
    read: (at) => source.read(at.map((i) => kept[i]!)),
  };
}
