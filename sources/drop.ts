import { gunzip } from '../pipeline/bytes/gzip.ts';
import { OptionError } from '../pipeline/errors.ts';
import { readFile } from '../pipeline/files/read.ts';
import { indexed, type IndexedSource } from './indexed.ts';
import { picked } from './only.ts';
import { parseDropList } from './parse/dropList.ts';

/**
 * A source without the people of these names; the labels of the others close up.
 *
 * In plain words: who is in the test must not be in the training. A name that the source does not know is passed over,
 * since lists are often written for several sets.
 *
 * ```ts
 * const training = drop(imageFolder('faces'), ['Abel_Pacheco', 'Zico']);
 * ```
 *
 * @param names of classes, as the source calls them
 * @throws OptionError names of whom the source knows nobody, or which leave nobody
 */
export function drop(source: IndexedSource, names: readonly string[]): IndexedSource {
  if (names.length === 0) return source;
  return indexed(source.name, [source], async () => {
    const before = source.classes ?? [];
    const gone = new Set(names);
    const classes = before.filter((name) => !gone.has(name));
    if (classes.length === before.length)
      throw new OptionError(source.name, 'drop', `names of its people, such as '${before[0]}'`, names.join(', '));
    let next = 0;
    const moved = before.map((name) => (gone.has(name) ? undefined : next++));
    // Images of nobody (-1) stay what they are.
    const kept = Int32Array.from(
      [...source.labels.keys()].filter((i) => source.labels[i]! < 0 || moved[source.labels[i]!] !== undefined),
    );
    if (kept.length === 0) throw new OptionError(source.name, 'drop', 'names that leave somebody', names.join(', '));
    return {
      ...picked(source, kept),
      classes,
      labels: kept.map((i) => moved[source.labels[i]!] ?? -1),
      faults: source.faults ?? [],
    };
  });
}

/**
 * Reads a list of people to leave out: one name a line, or a table of people whom two sets share (set_a, id_a, set_b,
 * id_b), plain or gzipped.
 *
 * ```ts
 * const training = drop(imageFolder('faces'), await dropList('overlap.csv', 'lfw'));
 * ```
 *
 * @param set of a table, the people of this set alone, whatever else their rows say; absent: everybody in it
 */
export async function dropList(path: string, set?: string): Promise<string[]> {
  return parseDropList(gunzip(await readFile(path), path), path, set);
}
