import type { Fault, Source } from '../pipeline/contracts.ts';
import { OptionError, RxfaceError } from '../pipeline/errors.ts';
import type { Factor, Sample } from '../pipeline/items.ts';

/** Under every sample: properties that come to one that was spread get it a hidden class of its own, which takes as long as a read. */
const BLANK: Sample = { epoch: 0, position: 0, index: 0, id: '', label: 0 };

/** Encoded images of people, by index: what every source of faces is. */
export interface IndexedSource extends Source<Sample> {
  open(): Promise<void>;
  close(): Promise<void>;
  /** Label of every image; known once open. */
  readonly labels: Int32Array;
  /** Images that the table of landmarks has no points for; known once a source with such a table is open. */
  readonly pointsMissing?: number | undefined;
  /** Labels of variations by image, -1 for none, where they are known without reading it; known once open. */
  readonly variation?: VariationLabels | undefined;
  /** Name of image `index`. */
  id(index: number): string;
  /** Where image `index` lies; in a gzipped tar the offset counts unpacked bytes. */
  place(index: number): Place;
  read(at: Int32Array): Promise<Sample[]>;
}

export type VariationLabels = Partial<Record<Factor, Int32Array>>;
export type Place = Pick<Fault, 'file' | 'offset'>;

/** What opening a source finds. */
export interface Index {
  classes: readonly string[];
  labels: Int32Array;
  pointsMissing?: number;
  variation?: VariationLabels | undefined;
  faults: readonly Fault[];
  id(index: number): string;
  place(index: number): Place;
  /** What the samples at these indexes hold besides index, id and label. */
  read(at: Int32Array): Promise<Pick<Sample, 'bytes' | 'damage' | 'points' | 'pointsMissing' | 'variation'>[]>;
  close?(): Promise<void>;
}

const CHUNK = 64;

/**
 * A source made of what opens it. Opening is idempotent and happens by itself at the first read; after `close` it
 * can be opened again.
 *
 * ```ts
 * const mine = indexed('mine', [], async () => ({
 *   labels: Int32Array.of(0, 1),
 *   classes: ['Ada', 'Grace'],
 *   faults: [],
 *   id: (i) => `face-${i}`,
 *   place: (i) => ({ file: `face-${i}.png` }),
 *   read: async (at) => Array.from(at, () => ({ bytes })),
 * }));
 * ```
 *
 * @param parents sources it is made of: opened before `build`, closed with it, and where any of that fails
 * @throws OptionError from `read` for an index outside 0 to length - 1
 */
export function indexed(name: string, parents: readonly IndexedSource[], build: () => Promise<Index>): IndexedSource {
  let opening: Promise<Index> | undefined;
  let index: Index | undefined;
  const closeParents = (): Promise<unknown> => Promise.all(parents.map((parent) => parent.close()));
  const openAll = async (): Promise<Index> => {
    try {
      for (const parent of parents) await parent.open();
      return await build();
    } catch (error) {
      await closeParents();
      throw error;
    }
  };
  const open = async (): Promise<Index> => {
    opening ??= openAll();
    try {
      index = await opening;
    } catch (error) {
      opening = undefined;
      throw error;
    }
    return index;
  };
  const opened = (): Index => {
    if (index === undefined) throw new RxfaceError(`source '${name}' is not open yet`);
    return index;
  };
  const read = async (at: Int32Array): Promise<Sample[]> => {
    const { labels, id, read: readHere } = await open();
    const outside = at.find((i) => i < 0 || i >= labels.length);
    if (outside !== undefined) throw new OptionError(name, 'index', `0 to ${labels.length - 1}`, outside);
    const found = await readHere(at);
    return found.map((held, i): Sample => {
      const here = at[i]!;
      return { ...BLANK, ...held, epoch: 0, position: here, index: here, id: id(here), label: labels[here]! };
    });
  };
  return {
    name,
    open: async () => void (await open()),
    close: async () => {
      const last = opening;
      opening = undefined;
      index = undefined;
      // What never opened needs no closing; whoever opened it has the error.
      const held = await last?.catch(() => undefined);
      await held?.close?.();
      if (held) await closeParents();
    },
    get length() {
      return index?.labels.length;
    },
    get classes() {
      return index?.classes ?? [];
    },
    get faults() {
      return index?.faults ?? [];
    },
    get pointsMissing() {
      return index?.pointsMissing;
    },
    get variation() {
      return index?.variation;
    },
    get labels() {
      return opened().labels;
    },
    id: (i) => opened().id(i),
    place: (i) => opened().place(i),
    read,
    async *[Symbol.asyncIterator]() {
      const { length } = (await open()).labels;
      for (let start = 0; start < length; start += CHUNK) {
        const chunk = Math.min(CHUNK, length - start);
        yield await read(Int32Array.from({ length: chunk }, (_, i) => start + i));
      }
    },
  };
}
