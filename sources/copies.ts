import { indexed, type IndexedSource } from './indexed.ts';

/**
 * Images of a source, each as often and under the names that are told; nothing else is read.
 *
 * In plain words: when one photograph is to be shown twice, whole and changed, it needs two names.
 *
 * ```ts
 * const twice = copies(images, () => [{ index: 0, id: 'whole' }, { index: 0, id: 'covered' }]);
 * ```
 *
 * @param list asked once the source is open
 */
export function copies(
  source: IndexedSource,
  list: (source: IndexedSource) => readonly { index: number; id: string }[],
): IndexedSource {
  return indexed(source.name, [source], async () => {
    const all = list(source);
    return {
      classes: source.classes ?? [],
      labels: Int32Array.from(all, ({ index }) => source.labels[index]!),
      faults: [],
      id: (i) => all[i]!.id,
      place: (i) => source.place(all[i]!.index),
      read: (at) => source.read(at.map((i) => all[i]!.index)),
    };
  });
}
