import { OptionError } from '../pipeline/errors.ts';
import { FACTORS, type Sample } from '../pipeline/items.ts';
import { indexed, type IndexedSource, type VariationLabels } from './indexed.ts';

/**
 * Sources one after another as one; each source's people are different people, so its labels move up by the number of
 * classes before it, also where two sources call somebody the same.
 *
 * Ids stay as they are: two sources may have the same.
 *
 * ```ts
 * const people = concat(imageFolder('celebrities'), imageFolder('colleagues'));
 * ```
 *
 * @throws OptionError no source
 */
export function concat(...sources: IndexedSource[]): IndexedSource {
  if (sources.length === 0) throw new OptionError('concat', 'sources', 'at least one source', 0);
  if (sources.length === 1) return sources[0]!;
  return indexed(sources.map(({ name }) => name).join(' + '), sources, async () => {
    const lengths = sources.map(({ labels }) => labels.length);
    const starts = lengths.map((_, k) => lengths.slice(0, k).reduce((sum, length) => sum + length, 0));
    const classes: string[] = [];
    const labels = new Int32Array(lengths.reduce((sum, length) => sum + length, 0));
    sources.forEach((source, k) => {
      const before = classes.length;
      labels.set(
        source.labels.map((label) => (label < 0 ? label : label + before)),
        starts[k],
      );
      for (const name of source.classes ?? []) classes.push(name);
    });
    const owner = (index: number): number => starts.findLastIndex((start) => start <= index);
    const ownIndex = (index: number): number => index - starts[owner(index)]!;
    return {
      classes,
      labels,
      pointsMissing: sources.reduce((sum, source) => sum + (source.pointsMissing ?? 0), 0),
      variation: joined(sources, labels.length, starts),
      faults: sources.flatMap(({ faults }) => faults ?? []),
      id: (i) => sources[owner(i)]!.id(ownIndex(i)),
      place: (i) => sources[owner(i)]!.place(ownIndex(i)),
      read: async (at) => {
        const found: Sample[] = [];
        await Promise.all(
          sources.map(async (source, k) => {
            const mine = [...at.keys()].filter((i) => owner(at[i]!) === k);
            if (mine.length === 0) return;
            const samples = await source.read(Int32Array.from(mine, (i) => ownIndex(at[i]!)));
            mine.forEach((i, n) => (found[i] = samples[n]!));
          }),
        );
        return found;
      },
    };
  });
}

/** Labels of all, where any source has some; a source that has none of a variation adds -1. */
function joined(sources: readonly IndexedSource[], length: number, starts: number[]): VariationLabels | undefined {
  const known = FACTORS.filter((factor) => sources.some(({ variation }) => variation?.[factor]));
  if (known.length === 0) return undefined;
  return Object.fromEntries(
    known.map((factor) => {
      const all = new Int32Array(length).fill(-1);
      for (const [k, { variation }] of sources.entries()) all.set(variation?.[factor] ?? [], starts[k]);
      return [factor, all];
    }),
  );
}
