import { RxfaceError } from '../pipeline/errors.ts';
import { FACTORS, type Factor } from '../pipeline/items.ts';
import { indexed, type IndexedSource } from './indexed.ts';

/** The label of an image by its id; undefined or -1 for an image without one. */
export type LabelOf = (id: string) => number | undefined;

/**
 * A source whose images carry labels of variations, by their ids: ethnicity from a column of its table, pose from its
 * landmarks, whatever else a function can say.
 *
 * In plain words: who has no label for a variation has none; that is counted, and nobody guesses.
 *
 * ```ts
 * const faces = labelled(images, { ethnicity: (id) => (id.startsWith('000000/') ? 1 : undefined) });
 * await faces.open();
 * console.log(faces.variation); // { ethnicity: Int32Array of one label an image, -1 for none }
 * ```
 *
 * Labels that the records bring themselves (shards, drawn faces) stay where the function says nothing.
 *
 * @param labels functions by variation, asked once for every image when the source is opened
 * @throws RxfaceError where a variation labels no image at all, or a label is no whole number
 */
export function labelled(source: IndexedSource, labels: Partial<Record<Factor, LabelOf>>): IndexedSource {
  return indexed(source.name, [source], async () => {
    const count = source.labels.length;
    const variation = Object.fromEntries(
      FACTORS.flatMap((factor) => {
        const labelOf = labels[factor];
        if (labelOf === undefined) return [];
        const known = source.variation?.[factor];
        const all = Int32Array.from({ length: count }, (_, i) => {
          const label = labelOf(source.id(i)) ?? known?.[i] ?? -1;
          if (!Number.isInteger(label) || label < -1)
            throw new RxfaceError(`${source.name}: the ${factor} of '${source.id(i)}' is no label: ${label}`);
          return label;
        });
        if (all.every((label) => label < 0))
          throw new RxfaceError(`${source.name}: no image has a label for ${factor}, not even '${source.id(0)}'`);
        return [[factor, all]];
      }),
    ) as Partial<Record<Factor, Int32Array>>;
    return {
      classes: source.classes ?? [],
      labels: source.labels,
      ...(source.pointsMissing !== undefined && { pointsMissing: source.pointsMissing }),
      faults: source.faults ?? [],
      variation: { ...source.variation, ...variation },
      id: source.id,
      place: source.place,
      read: async (at) =>
        (await source.read(at)).map((sample) => {
          const own = { ...sample.variation };
          for (const [factor, all] of Object.entries(variation) as [Factor, Int32Array][])
            if (all[sample.index]! >= 0) own[factor] = all[sample.index]!;
          return { ...sample, variation: own };
        }),
    };
  });
}
