import { OptionError } from '../pipeline/errors.ts';
import { permutation } from '../pipeline/order.ts';
import { indexed, type IndexedSource } from './indexed.ts';
import { picked } from './only.ts';

/**
 * A source cut into parts by a keyed order: by person where it is known who an image is of, else by image, so that no
 * person is in two parts. Together the parts have every image; people and images are as evenly dealt as their numbers allow.
 *
 * In plain words: one part to learn from, another to be judged by.
 *
 * ```ts
 * const [learn, judge] = parts(images, 2, { seed: 7 });
 * ```
 *
 * @param count parts, at least 1
 * @throws OptionError, once opened, where a part would be empty
 */
export function parts(source: IndexedSource, count: number, { seed }: { seed: number }): IndexedSource[] {
  if (!(Number.isInteger(count) && count >= 1))
    throw new OptionError('parts', 'count', 'a whole number of at least 1', count);
  return Array.from({ length: count }, (_, part) =>
    indexed(`${source.name} (part ${part + 1} of ${count})`, [source], async () => {
      const partOf = dealt(source, count, seed);
      const kept = Int32Array.from(source.labels.keys()).filter((i) => partOf(i) === part);
      if (kept.length === 0) throw new OptionError(source.name, 'parts', 'as many as it has people or images', count);
      return { ...picked(source, kept), faults: source.faults ?? [] };
    }),
  );
}

/** Which part image i is in. */
function dealt({ labels, name }: IndexedSource, count: number, seed: number): (i: number) => number {
  const people = labels.reduce((most, label) => Math.max(most, label), -1) + 1;
  const nobodys = [...labels.keys()].filter((i) => labels[i]! < 0);
  const rank = new Map(nobodys.map((i, n) => [i, n]));
  const byPerson = people > 0 ? permutation(people, seed, name, 'people') : undefined;
  const byImage = nobodys.length > 0 ? permutation(nobodys.length, seed, name, 'images') : undefined;
  return (i) => (labels[i]! >= 0 ? byPerson!(labels[i]!) : byImage!(rank.get(i)!)) % count;
}
