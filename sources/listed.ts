import { FormatError, RxfaceError } from '../pipeline/errors.ts';
import { indexed, type IndexedSource } from './indexed.ts';

const NUMBERS = 10;

/**
 * The images of a source that a list names, in its order, each with the five landmarks that the list has for it.
 *
 * In plain words: 'loose_crop/17.png' and '17.jpg' both are the list's '17.jpg'; what the list does not name is not read.
 *
 * ```ts
 * const two = listed(imageFolder('crops'), ['17.jpg', '3.jpg']);
 * ```
 *
 * @param names of as many parts each as the first: the last folders of an id count, its extension does not
 * @param points [names, 10] x, y in pixels of the encoded image; absent: whatever the source has
 * @throws, once opened, RxfaceError for images that are not there, FormatError for two of one name
 */
export function listed(source: IndexedSource, names: readonly string[], points?: Float32Array): IndexedSource {
  return indexed(source.name, [source], async () => {
    const parts = names[0]?.split('/').length ?? 1;
    const key = (name: string): string =>
      name
        .replace(/\.[a-z]+$/i, '')
        .split('/')
        .slice(-parts)
        .join('/');
    const wanted = new Set(names.map(key));
    const found = new Map<string, number>();
    for (const i of source.labels.keys()) {
      const name = key(source.id(i));
      if (!wanted.has(name)) continue;
      const other = found.get(name);
      if (other !== undefined)
        throw new FormatError(source.name, undefined, `one image '${name}'`, `${source.id(other)}, ${source.id(i)}`);
      found.set(name, i);
    }
    const missing = names.filter((name) => !found.has(key(name)));
    if (missing.length > 0)
      throw new RxfaceError(
        `${source.name}: ${missing.length} of the ${names.length} images listed are missing, the first is '${missing[0]}'`,
      );
    const at = Int32Array.from(names, (name) => found.get(key(name))!);
    return {
      classes: source.classes ?? [],
      labels: at.map((i) => source.labels[i]!),
      faults: [],
      id: (i) => source.id(at[i]!),
      place: (i) => source.place(at[i]!),
      read: async (wants) => {
        const samples = await source.read(wants.map((i) => at[i]!));
        if (points === undefined) return samples;
        return samples.map((sample, i) => ({ ...sample, points: points.slice(NUMBERS * wants[i]!, NUMBERS * (wants[i]! + 1)) })); // prettier-ignore
      },
    };
  });
}
